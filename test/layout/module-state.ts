import type { ImportGraph } from './imports.ts'
import { type AstNode, isTestFile, lineAt, type Source } from './sources.ts'

/** Collections that are of no use empty unless something is put into them later. */
const COLLECTIONS = new Set(['Map', 'Set', 'WeakMap', 'WeakSet'])
/** Collections that are always filled later. */
const CACHES = new Set(['LRUCache'])

/**
 * The variables at module scope that change, a message each: a `let` or `var`, or a constant that is a cache, or an
 * empty collection not typed `readonly`. Entry points, which no other file imports, may have them; so may tests. An
 * object that is changed through its fields is not found: only types could tell it from a constant.
 */
export function findModuleState({ file, text, tree }: Source, imported: ReadonlySet<string>): string[] {
  if (!imported.has(file) || isTestFile(file)) return []
  const declarations = (tree.program.body as Statement[]).map(one => one.declaration ?? one)
  const changing = declarations.flatMap(({ type, kind, declare, declarations = [] }) => {
    if (type !== 'VariableDeclaration' || declare) return []
    return declarations.filter(one => kind !== 'const' || isFilledLater(one, text))
  })
  return changing.map(({ start, id }) => {
    const where = `${file}:${lineAt(text, start)}`
    return `${where}: ${id.name} changes at module scope; expected that only in entry points: create it there and pass it down`
  })
}

/** The files that another file imports. */
export function importedFiles(imports: ImportGraph): Set<string> {
  return new Set([...imports.values()].flatMap(targets => [...targets]))
}

interface Statement extends AstNode {
  kind?: string
  declare?: boolean
  declaration?: Statement | null
  declarations?: Declarator[]
}

interface Declarator extends AstNode {
  id: AstNode & { typeAnnotation?: AstNode | null }
  init?: (AstNode & { arguments?: unknown[]; elements?: unknown[] }) | null
}

function isFilledLater({ id, init }: Declarator, text: string): boolean {
  const { typeAnnotation } = id
  if (typeAnnotation && /readonly/i.test(text.slice(typeAnnotation.start, typeAnnotation.end))) return false
  if (init?.type === 'ArrayExpression') return init.elements?.length === 0
  if (init?.type !== 'NewExpression') return false
  const name = init.callee?.name ?? ''
  return CACHES.has(name) || (COLLECTIONS.has(name) && init.arguments?.length === 0)
}
