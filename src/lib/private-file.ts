import { open, unlink } from 'node:fs/promises'

/**
 * Writes a file that only its owner can read, and never over another. When this returns, a power cut does not take it
 * away again.
 *
 * @throws the system's error; `EEXIST` when there is such a file. Then nothing was changed.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    await unlink(path)
    throw error
  } finally {
    await file.close()
  }
}
