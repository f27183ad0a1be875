import { type AstNode, lineAt, type Source, visitNodes } from './sources.ts'

/** The most lines that a function may have. */
export const MOST_LINES = 80

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/**
 * The functions with too many lines, a message each. A function that defines tests is a list of them, and may be as long
 * as the list is.
 */
export function findLongFunctions({ file, text, tree }: Source, most = MOST_LINES): string[] {
  const found: string[] = []
  visitNodes(tree.program, node => {
    if (!FUNCTIONS.has(node.type) || definesTests(node)) return
    const first = lineAt(text, node.start)
    const lines = lineAt(text, node.end) - first + 1
    if (lines <= most) return
    found.push(
      `${file}:${first}: a function of ${lines} lines; expected at most ${most}: split it along its concepts`,
    )
  })
  return found
}

/** Whether `test(…)` or `describe(…)`, in any of their forms, is called inside. */
function definesTests(node: AstNode): boolean {
  let found = false
  visitNodes(node, ({ type, callee }) => {
    if (type !== 'CallExpression') return
    let called = callee
    while (called?.type === 'MemberExpression' || called?.type === 'CallExpression') {
      called = called.type === 'MemberExpression' ? called.object : called.callee
    }
    found ||= called?.name === 'test' || called?.name === 'describe'
  })
  return found
}
