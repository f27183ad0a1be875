import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { checkSync } from 'recheck'
import { parseSync } from 'vite'
import { expect, test } from 'vitest'

interface Found {
  where: string
  pattern: string
  flags: string
}

/** The regular expressions of the files that are shipped, tests left out; each once. */
function findExpressions(): { literals: Found[]; dynamic: string[] } {
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], { encoding: 'utf8' })
  const files = tracked.split('\n').filter(file => file !== '' && !/^test\/|\.(?:test|suite)\.ts$/.test(file))
  const literals = new Map<string, Found>()
  const dynamic: string[] = []
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    visit(parseSync(file, text).program, node => {
      if (node.type === 'Literal' && node.regex) literals.set(`${node.raw}`, { where: file, ...node.regex })
      if (node.type === 'NewExpression' && node.callee?.name === 'RegExp') dynamic.push(file)
    })
  }
  return { literals: [...literals.values()], dynamic }
}

interface AstNode {
  type: string
  raw?: string
  regex?: { pattern: string; flags: string }
  callee?: { name?: string }
}

function visit(value: unknown, see: (node: AstNode) => void): void {
  if (typeof value !== 'object' || value === null) return
  if ('type' in value && typeof value.type === 'string') see(value as AstNode)
  for (const child of Object.values(value)) visit(child, see)
}

test('no regular expression takes more than linear time: recheck finds none that backtracks', () => {
  const { literals, dynamic } = findExpressions()
  expect(literals.length).toBeGreaterThan(50)
  const unsafe = literals.flatMap(({ where, pattern, flags }) => {
    const result = checkSync(pattern, flags)
    if (result.status === 'safe') return []
    const cost = result.status === 'vulnerable' ? result.complexity.summary : 'unknown'
    return [`${where}: /${pattern}/${flags}: ${cost}`]
  })
  expect(unsafe).toEqual([])
  // An expression that is put together at run time cannot be checked here.
  expect(dynamic).toEqual([])
})
