import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Document, Node, Scalar, YAMLMap } from 'yaml'
import type { Finding, Report, Rule, YamlPath } from './finding.ts'

/** A YAML file as plain values that remember their lines. `value` is undefined when the file could not be read. */
export type YamlSource = { value: unknown; findings: Finding[]; report: Report }

type Place = { line: number; column: number }

const MAX_CHARACTERS = 128 * 1024
const MAX_ALIASES = 500
/** After so many, what follows is noise. */
const MAX_ERRORS = 20

/** What the MESG compilers' YAML reader (js-yaml 3) takes for something else than text. */
const OTHER_READINGS = [
  /^[-+]?0[0-7_]+$/,
  /^[-+]?0b[01_]+$/,
  /^[-+]?0x[0-9a-fA-F_]+$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?$/,
]

/** Reads a YAML file that anybody may have written: large files, alias bombs, tags and broken text become findings. */
export function readYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter()
  const findings: Finding[] = []
  const add = (place: Place, rule: Rule, reason: string) => findings.push({ file, ...place, rule, reason })
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const refuse = (reason: string): YamlSource => {
    add({ line: 1, column: 1 }, 'syntax', reason)
    return { value: undefined, findings, report: () => undefined }
  }
  if (text.length > MAX_CHARACTERS) return refuse(`the file is larger than ${MAX_CHARACTERS} characters`)
  let document: Document.Parsed
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      merge: true,
      uniqueKeys: false,
      logLevel: 'error',
    })
    for (const error of document.errors.slice(0, MAX_ERRORS))
      add(placeOf(error.pos[0]), 'syntax', firstLine(error.message))
    checkNodes(document, (node, rule, reason) => add(placeOf(node.range?.[0] ?? 0), rule, reason))
    const value: unknown = findings.length > 0 ? undefined : document.toJS({ maxAliasCount: MAX_ALIASES })
    const report: Report = (path, rule, reason) => add(placeOf(offsetOf(document, path)), rule, reason)
    return { value, findings, report }
  } catch (error) {
    // The reader throws for alias bombs, and runs out of stack for brackets nested by the thousand.
    return refuse(error instanceof Error ? firstLine(error.message) : 'the file cannot be read')
  }
}

type ReportNode = (node: Node, rule: Rule, reason: string) => void

/** Also what the reader itself would take too long for: it is only asked for values when nothing is found here. */
function checkNodes(document: Document.Parsed, report: ReportNode): void {
  let aliases = 0
  visit(document, {
    Alias(_, node) {
      aliases += 1
      if (aliases === MAX_ALIASES + 1) report(node, 'syntax', `more than ${MAX_ALIASES} aliases`)
    },
    Map(_, node) {
      checkKeys(node, report)
    },
    Node(_, node) {
      if (!isAlias(node) && node.tag !== undefined) {
        report(node, 'tag', `the tag ${node.tag} means different things to different readers; leave it out`)
      }
      if (isScalar(node) && node.type === 'PLAIN') checkPlain(node, report)
    },
  })
}

function checkKeys(map: YAMLMap, report: ReportNode): void {
  const keys = new Set<string>()
  for (const { key } of map.items) {
    if (!isScalar(key)) {
      report(map, 'syntax', 'a key must be text')
      return
    }
    const text = String(key.value)
    if (keys.has(text)) report(key, 'syntax', `the key ${text} stands here twice`)
    keys.add(text)
  }
}

function checkPlain(node: Scalar, report: ReportNode): void {
  const source = node.source ?? ''
  if (typeof node.value === 'number' && String(node.value) !== source) {
    report(node, 'ambiguous-scalar', `${source} would be read as the number ${node.value}; quote it to keep it as text`)
  }
  if (typeof node.value === 'string' && OTHER_READINGS.some((pattern) => pattern.test(source))) {
    report(node, 'ambiguous-scalar', `${source} is text to some readers and not to others; quote it`)
  }
}

/** Where a value's key stands, or the nearest thing around it that exists. */
function offsetOf(document: Document.Parsed, path: YamlPath): number {
  let node: unknown = document.contents
  let offset = startOf(document.contents) ?? 0
  for (const part of path) {
    const found = child(isAlias(node) ? node.resolve(document) : node, part)
    if (!found) return offset
    offset = found.offset ?? offset
    node = found.node
  }
  return offset
}

function child(node: unknown, part: string | number): { node: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    return pair && { node: pair.value, offset: startOf(pair.key) }
  }
  if (!isSeq(node) || typeof part !== 'number') return undefined
  const item = node.items[part]
  return item === undefined ? undefined : { node: item, offset: startOf(item) }
}

function startOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message
}
