import path from 'node:path'
import type { ImportGraph } from './imports.ts'

/** Imports between the direct children of one folder; a child is a file or a sub-folder with all that is in it. */
export interface RoomGraph {
  folder: string
  /** Each child's name, and the names of the children that it imports from. */
  rooms: Map<string, Set<string>>
}

/**
 * The graphs of a folder and of every folder below it.
 *
 * @param folder a path from the repository's root, '.' for all
 */
export function roomGraphs(imports: ImportGraph, folder: string): RoomGraph[] {
  const inside = folder === '.' ? '' : `${folder}/`
  const childOf = (file: string) => file.slice(inside.length).split('/')[0]
  const rooms: RoomGraph['rooms'] = new Map()
  const subfolders = new Set<string>()
  for (const [file, targets] of imports) {
    if (!file.startsWith(inside)) continue
    const child = childOf(file)
    if (file !== inside + child) subfolders.add(inside + child)
    const out = rooms.get(child) ?? new Set()
    rooms.set(child, out)
    for (const target of targets) {
      if (target.startsWith(inside) && childOf(target) !== child) out.add(childOf(target))
    }
  }
  return [{ folder, rooms }, ...[...subfolders].sort().flatMap(each => roomGraphs(imports, each))]
}

/** The cycles of a graph: its strongly connected components of more than one node (Tarjan 1972). */
export function findCycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const cycles: string[][] = []
  const visit = (node: string) => {
    index.set(node, index.size)
    low.set(node, index.get(node)!)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!))
    }
    if (low.get(node) !== index.get(node)) return
    const component = stack.splice(stack.indexOf(node))
    if (component.length > 1) cycles.push(component.sort())
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return cycles
}

/** How many levels a graph has: the length of its longest path, in nodes. A cycle counts as one node. */
export function countLevels(graph: ReadonlyMap<string, ReadonlySet<string>>): number {
  const group = new Map<string, string>()
  for (const cycle of findCycles(graph)) for (const node of cycle) group.set(node, cycle[0])
  const groupOf = (node: string) => group.get(node) ?? node
  const below = new Map<string, Set<string>>()
  for (const [node, targets] of graph) {
    const out = below.get(groupOf(node)) ?? new Set()
    below.set(groupOf(node), out)
    for (const target of targets) if (groupOf(target) !== groupOf(node)) out.add(groupOf(target))
  }
  const depths = new Map<string, number>()
  const depthOf = (node: string): number => {
    const known = depths.get(node)
    if (known !== undefined) return known
    const depth = 1 + Math.max(0, ...[...(below.get(node) ?? [])].map(depthOf))
    depths.set(node, depth)
    return depth
  }
  return Math.max(0, ...[...below.keys()].map(depthOf))
}

/** Why the layout is not as it should be, a line each: cycles of files, and of the children of a folder. */
export function findFaults(imports: ImportGraph): string[] {
  const files = findCycles(imports).map(cycle => `import cycle: ${cycle.join(', ')}`)
  const folders = roomGraphs(imports, '.').flatMap(({ folder, rooms }) =>
    findCycles(rooms).map(cycle => {
      const ties = [...imports].flatMap(([file, targets]) =>
        [...targets]
          .filter(target => tiesTwo(cycle, folder, file, target))
          .map(target => `    ${file} imports ${target}`),
      )
      return [`import cycle between parts of ${folder}: ${cycle.join(', ')}`, ...ties].join('\n')
    }),
  )
  return [...files, ...folders]
}

/** Whether an import ties two of the named children of a folder. */
function tiesTwo(children: string[], folder: string, file: string, target: string): boolean {
  const [from, to] = [file, target].map(each => path.posix.relative(folder, each).split('/')[0])
  return from !== to && children.includes(from) && children.includes(to)
}
