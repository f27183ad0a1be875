import { execFileSync } from 'node:child_process'

/** The Git commit of this code, with `-dirty` if files have changed since; undefined outside a repository. */
export function gitCommit(): string | undefined {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '-dirty' : '')
  } catch {
    return undefined
  }
}
