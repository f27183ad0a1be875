import path from 'node:path'
import { isTestFile, type Source } from './sources.ts'

/** Imports of each file: paths from the repository's root, to those of the files it imports, types included. */
export type ImportGraph = Map<string, Set<string>>

/** The imports between source files, tests left out. */
export function readImports(sources: readonly Source[]): ImportGraph {
  const code = sources.filter(({ file }) => !isTestFile(file))
  const known = new Set(code.map(({ file }) => file))
  return new Map(
    code.map(source => {
      const { file } = source
      const targets = importsOf(source)
        .filter(name => name.startsWith('.'))
        .map(name => path.posix.join(path.posix.dirname(file), name))
        .filter(target => known.has(target) && target !== file)
      return [file, new Set(targets)]
    }),
  )
}

/** The module names that a file imports, statically, by `import()`, or in a type. */
function importsOf({ text, tree: { module } }: Source): string[] {
  const names = module.staticImports.map(each => each.moduleRequest.value)
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) names.push(moduleRequest.value)
  }
  for (const [, name] of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) names.push(name)
  return names
}
