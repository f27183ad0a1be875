import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = path.resolve(import.meta.dirname, '../..')
const list = (...patterns: string[]) =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter(file => file && existsSync(path.join(ROOT, file)))
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.replace(/```.*?```/gs, '').matchAll(/^#+ (.+)$/gm)
  return new Set(
    Array.from(headings, ([, text]) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

describe.each(list('*.md'))('%s', file => {
  const text = read(file)

  test('each link leads to a file and a heading that exist', () => {
    const broken = Array.from(text.matchAll(/\]\(([^)\s#]*)(?:#([^)\s]*))?\)/g)).filter(
      ([, target, anchor]) => {
        if (/^[a-z]+:|^\//.test(target)) return false
        const found = target ? path.posix.join(path.posix.dirname(file), target) : file
        if (!existsSync(path.join(ROOT, found))) return true
        return anchor !== undefined && found.endsWith('.md') && !anchorsOf(read(found)).has(anchor)
      },
    )
    expect(broken.map(([link]) => link)).toEqual([])
  })

  // A changelog names scripts that are gone.
  test.skipIf(file === 'CHANGELOG.md')('each npm script named exists in package.json', () => {
    const named = Array.from(text.matchAll(/npm run ([a-z][\w:-]*)/g), ([, name]) => name)
    expect(named.filter(name => !(name in scripts))).toEqual([])
  })
})

test('each npm script named in messages and comments exists in package.json', () => {
  const unknown = list('*.ts', '*.jsonc', '*.html').flatMap(file =>
    Array.from(read(file).matchAll(/npm run ([a-z][\w:-]*)/g))
      .filter(([, name]) => !(name in scripts))
      .map(([command]) => `${file}: ${command}`),
  )
  expect(unknown).toEqual([])
})
