import type { ParseResult } from 'vite'
import { isTestFile, lineAt, type Source } from './sources.ts'

/** The exported declarations of a file that have no doc comment, a message each. Test files export to tests alone. */
export function findUndocumented({ file, text, tree }: Source): string[] {
  if (isTestFile(file)) return []
  const documented = new Set<string>()
  const missing: { name: string; start: number }[] = []
  for (const statement of tree.program.body) {
    const comment = tree.comments.findLast(each => each.end <= statement.start)
    const isDocumented =
      comment?.type === 'Block' &&
      comment.value.startsWith('*') &&
      text.slice(comment.end, statement.start).trim() === ''
    for (const name of declaredNames(statement, text)) {
      if (isDocumented) documented.add(name)
      else if (statement.type === 'ExportNamedDeclaration') missing.push({ name, start: statement.start })
    }
  }
  // A schema and the type derived from it share a name, and one comment.
  return missing
    .filter(({ name }) => !documented.has(name))
    .map(({ name, start }) => `${file}:${lineAt(text, start)}: export ${name} has no doc comment`)
}

/** The names that a statement declares: two for `const a = 1, b = 2`; for `const { a, b } = c` the text of the pattern. */
function declaredNames(statement: ParseResult['program']['body'][number], text: string): string[] {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
  if (declaration?.type === 'VariableDeclaration') {
    return declaration.declarations.map(({ id }) =>
      id.type === 'Identifier' ? id.name : text.slice(id.start, id.end),
    )
  }
  if (!declaration || !('id' in declaration) || !declaration.id || !('name' in declaration.id)) return []
  return [declaration.id.name]
}
