import { expect, test } from 'vitest'
import { countLevels, findCycles, findFaults, roomGraphs } from './rooms.ts'

const graph = (edges: Record<string, string[]>) =>
  new Map(Object.entries(edges).map(([file, targets]) => [file, new Set(targets)]))

test('findCycles finds each strongly connected component, and none in a graph without cycles', () => {
  expect(findCycles(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toEqual([])
  expect(findCycles(graph({ a: ['b'], b: ['c'], c: ['a', 'd'], d: ['e'], e: ['d'] }))).toEqual([
    ['d', 'e'],
    ['a', 'b', 'c'],
  ])
})

test('countLevels counts the nodes of the longest path, a cycle as one', () => {
  expect(countLevels(graph({ a: ['b', 'c'], b: ['c'], c: ['d'], d: [] }))).toBe(4)
  expect(countLevels(graph({ a: ['b'], b: ['a', 'c'], c: [] }))).toBe(2)
})

test('roomGraphs takes a sub-folder as one part of its folder, at every depth', () => {
  const graphs = roomGraphs(
    graph({
      'x/a.ts': ['x/y/b.ts'],
      'x/y/b.ts': ['x/c.ts', 'x/y/d.ts'],
      'x/c.ts': [],
      'x/y/d.ts': ['z/e.ts'],
    }),
    'x',
  )
  expect(
    graphs.map(({ folder, rooms }) => [folder, Object.fromEntries([...rooms].map(([k, v]) => [k, [...v]]))]),
  ).toEqual([
    ['x', { 'a.ts': ['y'], y: ['c.ts'], 'c.ts': [] }],
    ['x/y', { 'b.ts': ['d.ts'], 'd.ts': [] }],
  ])
})

test('findFaults names a cycle of folders that has no cycle of files, with the imports that close it', () => {
  const faults = findFaults(
    graph({ 'x/y/a.ts': ['x/z/b.ts'], 'x/z/b.ts': [], 'x/z/c.ts': ['x/y/d.ts'], 'x/y/d.ts': [] }),
  )
  expect(faults).toEqual([
    'import cycle between parts of x: y, z\n    x/y/a.ts imports x/z/b.ts\n    x/z/c.ts imports x/y/d.ts',
  ])
})
