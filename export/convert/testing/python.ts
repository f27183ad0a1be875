import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** A Python that has Debian's python3-onnx; undefined where there is none. */
export const python = ['python3', '/usr/bin/python3'].find(command => {
  try {
    execFileSync(command, ['-c', 'import onnx'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

/**
 * Runs onnx's full checker and strict shape inference over a folder's files.
 *
 * @returns what it says of them all
 * @throws Error naming the first file that does not pass
 */
export function checkFolder(folder: string): string {
  return execFileSync(python!, [join(import.meta.dirname, 'check.py'), folder], { encoding: 'utf8' })
}
