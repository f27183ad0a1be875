import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'vite'

/** Imports of each file: paths from the repository's root, to those of the files it imports, types included. */
export type ImportGraph = Map<string, Set<string>>

/**
 * Reads the imports of every TypeScript file that git tracks, tests left out.
 *
 * @param root the repository's root
 */
export function readImports(root: string): ImportGraph {
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = tracked.split('\n').filter(file => file.includes('/') && !/\.(test|suite)\.ts$/.test(file))
  const known = new Set(files)
  const graph: ImportGraph = new Map()
  for (const file of files) {
    const text = readFileSync(path.join(root, file), 'utf8')
    const found = importsOf(file, text)
      .filter(name => name.startsWith('.'))
      .map(name => path.posix.join(path.posix.dirname(file), name))
      .filter(target => known.has(target) && target !== file)
    graph.set(file, new Set(found))
  }
  return graph
}

/** The module names that a file imports, statically, by `import()`, or in a type. */
function importsOf(file: string, text: string): string[] {
  const { module } = parseSync(file, text)
  const names = module.staticImports.map(each => each.moduleRequest.value)
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) names.push(moduleRequest.value)
  }
  for (const [, name] of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) names.push(name)
  return names
}
