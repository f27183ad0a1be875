import { checkSync } from 'recheck'
import { expect, test } from 'vitest'
import { isTestFile, readSources, visitNodes } from './sources.ts'

interface Found {
  where: string
  pattern: string
  flags: string
}

/** The regular expressions of the files that are shipped, tests left out; each once. */
function findExpressions(): { literals: Found[]; dynamic: string[] } {
  const literals = new Map<string, Found>()
  const dynamic: string[] = []
  for (const { file, tree } of readSources('.')) {
    if (file.startsWith('test/') || isTestFile(file)) continue
    visitNodes(tree.program, node => {
      if (node.type === 'Literal' && node.regex) literals.set(`${node.raw}`, { where: file, ...node.regex })
      if (node.type === 'NewExpression' && node.callee?.name === 'RegExp') dynamic.push(file)
    })
  }
  return { literals: [...literals.values()], dynamic }
}

test('no regular expression takes more than linear time: recheck finds none that backtracks', () => {
  const { literals, dynamic } = findExpressions()
  expect(literals.length).toBeGreaterThan(50)
  const unsafe = literals.flatMap(({ where, pattern, flags }) => {
    // By default a check ends as unknown after ten seconds, which a busy machine may need.
    const result = checkSync(pattern, flags, { timeout: null })
    if (result.status === 'safe') return []
    const cost = result.status === 'vulnerable' ? result.complexity.summary : 'unknown'
    return [`${where}: /${pattern}/${flags}: ${cost}`]
  })
  expect(unsafe).toEqual([])
  // An expression that is put together at run time cannot be checked here.
  expect(dynamic).toEqual([])
})
