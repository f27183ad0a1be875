import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { buildPage, listModels } from '../../edge/node/build.ts'
import { startServer } from '../../edge/node/server.ts'
import { integer } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { FIGURES } from '../../models/paper/figure-list.ts'
import { numbersOf } from '../../web/figures/figure-numbers.ts'
import { launchBrowser } from '../support/browser.ts'
import { reduce } from './palette.ts'
import { type Look, openPaper, shoot } from './shoot.ts'

interface Flags extends Look {
  models: string
  out: string
  only?: string[]
}

const program = new Command('npm run figures --')
  .description('Draw the paper’s figures from a folder of models, as the Paper page shows them: a PNG each.')
  .option('--models <folder>', 'folder of models', 'models/zoo')
  .option('--out <folder>', 'where to write <figure>.png', 'web/figures/png')
  .option('--only <figures>', 'some of them, with commas between', readSlugs)
  .addOption(new Option('--theme <theme>', 'of the page').choices(['light', 'dark']).default('light'))
  .option('--width <pixels>', 'width of the window', integer({ min: 320, max: 4000 }), 1440)
  .addHelpText('after', `\nFigures: ${FIGURES.map(({ slug }) => slug).join(', ')}`)
  .showHelpAfterError('(--help lists the options)')
  .action(main)

function readSlugs(text: string): string[] {
  const slugs = text.split(',').map(slug => slug.trim())
  const unknown = slugs.filter(slug => !FIGURES.some(figure => figure.slug === slug))
  if (unknown.length > 0) throw new InvalidArgumentError(`There is no figure "${unknown.join('", "')}".`)
  return slugs
}

async function main({ models, out, only, theme, width }: Flags): Promise<void> {
  if (!existsSync(models)) throw new Error(`no folder ${models} to take models from`)
  const count = (await listModels(models)).length
  if (count === 0) throw new Error(`${models} holds no model: expected folders with a card.json`)
  const slugs = FIGURES.map(figure => figure.slug).filter(slug => !only || only.includes(slug))
  const folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-figures-'))
  try {
    console.log('Building the page …')
    await buildPage(folder)
    console.log(`${count} models from ${path.resolve(models)}`)
    await mkdir(out, { recursive: true })
    const { drawn, failures } = await draw(slugs, { models, page: folder, out, look: { theme, width } })
    if (!only) await writeFile(path.join(out, 'README.md'), list(drawn))
    if (failures > 0) process.exitCode = 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Work {
  models: string
  page: string
  out: string
  look: Look
}

/** Writes the figures' pictures, and prints the outcome of each. */
async function draw(slugs: readonly string[], work: Work): Promise<{ drawn: string[]; failures: number }> {
  const { models, page, out, look } = work
  const options = { host: '127.0.0.1', port: 0, rate: 0, trustProxy: false, sessionBytes: 2 ** 26 }
  const server = await startServer({ ...options, models, page, log: message => console.error(message) })
  const browser = await launchBrowser().catch(async (error: Error) => {
    await server.stop(0)
    throw new Error(`Chromium cannot be started: ${error.message.split('\n')[0]}`)
  })
  const drawn: string[] = []
  let failures = 0
  try {
    const paper = await openPaper(browser, server.url, look)
    for (const [i, slug] of slugs.entries()) {
      const from = performance.now()
      const shot = await shoot(paper, slug)
      const place = `${String(i + 1).padStart(2)}/${slugs.length} ${slug.padEnd(20)}`
      if ('reason' in shot) {
        console.log(`${place} left out: ${shot.reason}`)
        if (!shot.reason.startsWith('none')) failures++
        continue
      }
      const png = reduce(shot.png)
      await writeFile(path.join(out, `${slug}.png`), png)
      drawn.push(slug)
      const seconds = (performance.now() - from) / 1000
      console.log(`${place} ${(png.length / 1000).toFixed(0).padStart(4)} kB  ${seconds.toFixed(1)} s`)
    }
  } finally {
    await browser.close()
    await server.stop(0)
  }
  return { drawn, failures }
}

/** A page of all pictures. Their captions are in them. */
function list(slugs: readonly string[]): string {
  const pictures = FIGURES.filter(({ slug }) => slugs.includes(slug)).map(
    ({ slug, numbers, title }) => `## ${numbersOf(numbers)}: ${title}\n\n![${title}](${slug}.png)\n`,
  )
  return `# The paper’s figures, drawn from our models\n\nMade by \`npm run figures\`.\n\n${pictures.join('\n')}`
}

await runProgram(program)
