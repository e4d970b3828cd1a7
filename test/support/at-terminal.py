"""Runs a program on a terminal of its own: at_terminal.py SCRIPT COMMAND..., where SCRIPT is JSON: what to wait for and
what to type then, in pairs. Prints what the terminal showed, as JSON, with the exit code."""
import json
import os
import pty
import sys

steps = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])

shown = b""


def read():
    global shown
    try:
        part = os.read(terminal, 4096)
    except OSError:
        part = b""
    shown += part
    return part


for awaited, typed in steps:
    while awaited.encode() not in shown and read():
        pass
    os.write(terminal, typed.encode())
while read():
    pass
_, status = os.waitpid(pid, 0)
print(json.dumps({"shown": shown.decode(), "code": os.waitstatus_to_exitcode(status)}))
