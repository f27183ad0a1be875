import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../edge/node/build.ts'
import { bytesOf } from './read-answers.ts'
import type { Api } from './servers.ts'

const run = promisify(execFile)

/** Runs every command of the documentation in its order, as a reader would. */
export function examplesSuite(api: () => Api): void {
  describe('every example works', () => {
    test('the commands in /docs run', async () => {
      const html = new TextDecoder().decode(await bytesOf(await api().fetch('/docs')))
      const commands = Array.from(html.matchAll(/<pre><code>(.*?)<\/code><\/pre>/gs), ([, code]) =>
        unescapeHtml(code),
      )
      expect(commands.length).toBeGreaterThan(15)
      await runAll(commands)
      for (const [, source] of html.matchAll(/<img [^>]*src="([^"]+)"/g)) {
        expect((await bytesOf(await api().fetch(unescapeHtml(source)))).length).toBeGreaterThan(100)
      }
    })
    test('the snippets at the top of /docs run, in HTML, JavaScript and Python', async () => {
      const html = new TextDecoder().decode(await bytesOf(await api().fetch('/docs')))
      const snippets = Array.from(
        html.matchAll(/<pre class="(\w+)"><code>([^<]*)<\/code><\/pre>/g),
        ([, language, code]) => ({ language, code: unescapeHtml(code) }),
      )
      expect(snippets.map(({ language }) => language)).toEqual(['html', 'html', 'js', 'python'])
      const [picture, element, script, python] = snippets.map(({ code }) => code)
      const source = unescapeHtml(/src="([^"]+)"/.exec(picture)?.[1] ?? '')
      expect((await bytesOf(await fetch(source))).length).toBeGreaterThan(500)
      expect(element).toMatch(/<script type="module" src="http:\/\/[^"]+\/embed\/latent-interpolation\.js"/)
      const program = await run(process.execPath, ['--input-type=module', '-e', script])
      expect(program.stdout).toMatch(/pixels 784 height and width \[ 28, 28 \]/)
      const hasNumPy = await run('python3', ['-c', 'import numpy']).then(
        () => true,
        () => false,
      )
      if (hasNumPy) expect((await run('python3', ['-c', python])).stdout).toMatch(/^\(100, 28, 28\) 0\.\d+ /)
    })
    test('the commands in edge/README.md run', async () => {
      const markdown = await readFile(path.join(ROOT, 'edge/README.md'), 'utf8')
      const commands = Array.from(markdown.matchAll(/^```sh\n(.*?)^```/gms), ([, block]) =>
        block.replaceAll('http://localhost:8787', api().url),
      ).filter(block => block.includes('curl ') && !block.includes('npm '))
      expect(commands.length).toBeGreaterThan(5)
      await runAll(commands)
    })
  })
}

async function runAll(commands: readonly string[]): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-docs-'))
  try {
    for (const command of commands) {
      const script = `set -euo pipefail\ncurl() { command curl --fail-with-body -sS "$@"; }\n${command}`
      await run('bash', ['-c', script], { cwd: folder, maxBuffer: 2 ** 26 }).catch(error => {
        throw new Error(`${command}\n${error.stdout.slice(0, 500)}\n${error.stderr}`)
      })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
