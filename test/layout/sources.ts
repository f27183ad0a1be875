import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type ParseResult, parseSync } from 'vite'

/** A TypeScript file and its syntax tree. */
export interface Source {
  /** Its path from the repository's root. */
  file: string
  text: string
  tree: ParseResult
}

/** A node of a syntax tree, by the ESTree specification; only what the checks here look at. */
export interface AstNode {
  type: string
  /** The node's first character, and the one after its last, in the file's text. */
  start: number
  end: number
  raw?: string
  regex?: { pattern: string; flags: string }
  callee?: AstNode
  object?: AstNode
  name?: string
  id?: AstNode
  key?: AstNode
}

/**
 * Reads and parses every TypeScript file that git tracks or would track.
 *
 * @param root the repository's root
 */
export function readSources(root: string): Source[] {
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  return tracked
    .split('\n')
    .filter(file => file.includes('/') && existsSync(path.join(root, file)))
    .map(file => parseSource(file, readFileSync(path.join(root, file), 'utf8')))
}

/** Parses a file's text. */
export const parseSource = (file: string, text: string): Source => ({
  file,
  text,
  tree: parseSync(file, text),
})

/** Whether a file holds tests: a test file, or a suite that test files run. */
export const isTestFile = (file: string): boolean => /\.(?:test|suite)\.ts$/.test(file)

/** Calls `see` for every node of a syntax tree, parents first. */
export function visitNodes(value: unknown, see: (node: AstNode) => void): void {
  if (typeof value !== 'object' || value === null) return
  if ('type' in value && typeof value.type === 'string') see(value as AstNode)
  for (const child of Object.values(value)) visitNodes(child, see)
}

/** The number of the line that holds a character, from 1. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length
