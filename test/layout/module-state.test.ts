import { expect, test } from 'vitest'
import { findModuleState } from './module-state.ts'
import { parseSource } from './sources.ts'

const find = (text: string, file = 'a/b.ts') => findModuleState(parseSource(file, text), new Set(['a/b.ts']))
const names = (text: string) => find(text).map(fault => /: (\w+) changes/.exec(fault)?.[1])

test('findModuleState finds variables and empty collections, exported or not', () => {
  expect(find('const a = 1\nlet b = 2\n')).toEqual([
    'a/b.ts:2: b changes at module scope; expected that only in entry points: create it there and pass it down',
  ])
  expect(names('export let a: number\nvar b = 1')).toEqual(['a', 'b'])
  expect(names('const a = new Map<string, number>()\nexport const b = new WeakMap()')).toEqual(['a', 'b'])
  expect(names('const a = new LRUCache({ max: 5 })')).toEqual(['a'])
  expect(names('const a: string[] = []\nconst b = new Set<string>(), c = 1')).toEqual(['a', 'b'])
})

test('findModuleState leaves out constants, variables of functions, and entry points', () => {
  expect(names('const a: ReadonlySet<number> = new Set()\nconst b: readonly string[] = []')).toEqual([])
  expect(names("const a = [1]\nconst b = new Map([['c', 1]])\nconst d = new Date()")).toEqual([])
  expect(names('function a() {\n  let b = new Map()\n  return b\n}')).toEqual([])
  expect(names('export declare let a: number\nexport const b = 1')).toEqual([])
  expect(find('let a = 1', 'a/main.ts')).toEqual([])
})
