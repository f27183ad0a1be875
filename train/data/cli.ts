import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { SingleBar } from 'cli-progress'
import { Command, Option } from 'commander'
import { number, integer as wholeNumber } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { type Images, pickPixels } from '../step/images.ts'
import { type Dataset, type LoadOptions, loadDataset } from './dataset.ts'
import { encodeIdx } from './idx.ts'
import { known } from './known-datasets.ts'
import { obtain } from './obtain.ts'
import { contactSheet, testSprite } from './sheet.ts'
import { chooseSubset } from './subset.ts'

interface Flags extends LoadOptions {
  urlBase?: string
  sheet?: string
  testSprite?: string
  subset?: string
}

const integer = new Intl.NumberFormat('en-US')

async function main(name: string, flags: Flags): Promise<void> {
  const set = known.find(k => k.name === name)
  const files = set ? await obtain(set, { ...flags, onDownload: startBar }) : []
  const dataset = await loadDataset(name, flags)
  const { width, height, classes, note } = dataset
  console.log(`${dataset.name}: ${width} × ${height} pixels, ${count(classes.length, 'class')}`)
  console.log(`train  ${describe(dataset.train, dataset)}`)
  console.log(`test   ${describe(dataset.test, dataset)}`)
  console.log(`split  ${note ?? 'as published'}`)
  for (const file of files) console.log(`file   ${file}`)
  if (flags.sheet) {
    await writeAtomic(flags.sheet, contactSheet(dataset))
    console.log(`sheet  ${resolve(flags.sheet)}`)
  }
  if (flags.testSprite) {
    await writeAtomic(flags.testSprite, testSprite(dataset))
    console.log(`sprite ${resolve(flags.testSprite)}`)
  }
  if (flags.subset) {
    await writeAtomic(flags.subset, subsetFile(dataset))
    console.log(`subset ${resolve(flags.subset)}`)
  }
}

/** The test images that cards are checked on, as a gzipped idx file. */
function subsetFile({ height, width, test }: Dataset): Uint8Array {
  const indices = chooseSubset(test.count)
  const data = pickPixels(test, indices)
  return gzipSync(encodeIdx({ dims: [indices.length, height, width], data }), { level: 9 })
}

/** A progress bar on the error stream; it shows on a terminal only, and leaves when the file is whole. */
function startBar(url: string) {
  console.error(`fetching ${url}`)
  const format = '{bar} {percentage}% of {size}, {eta_formatted} left'
  const bar = new SingleBar({ format, clearOnComplete: true })
  bar.start(1, 0, { size: '?' })
  return {
    update(received: number, total = received) {
      bar.setTotal(total)
      bar.update(received, {
        size: total < 1e6 ? `${Math.ceil(total / 1e3)} kB` : `${(total / 1e6).toFixed(1)} MB`,
      })
    },
    stop: () => bar.stop(),
  }
}

function describe(images: Images, { classes }: Dataset): string {
  const total = `${integer.format(images.count)} images`
  if (!images.labels) return total
  const counts = new Array<number>(classes.length).fill(0)
  for (const label of images.labels) counts[label]++
  if (counts.every(c => c === counts[0])) return `${total}, ${integer.format(counts[0])} of each class`
  return `${total}: ${classes.map((name, k) => `${integer.format(counts[k])} of ${name}`).join(', ')}`
}

function count(n: number, what: string): string {
  return n === 0 ? 'no labels' : `${n} ${what}${n === 1 ? '' : 'es'}`
}

const program = new Command('npm run data --')
  .description(
    'Finds a data set or downloads it into the cache folder, checks every byte, and says what it holds.',
  )
  .argument('<name>', 'mnist, fashion-mnist, freyface, idx:IMAGES[,LABELS], idx:FOLDER or png:FOLDER')
  .option('--data-dir <folder>', 'a folder that has the files already (also: environment LATENT_EDGE_DATA)')
  .addOption(
    new Option('--url-base <url>', 'a mirror to download from, <url>/<name>/<file>').env(
      'LATENT_EDGE_MIRROR',
    ),
  )
  .addOption(
    new Option('--split <order>', 'how to divide data that comes undivided')
      .choices(['shuffled', 'contiguous'])
      .default('shuffled'),
  )
  .option('--split-seed <integer>', 'seed of a shuffled split', wholeNumber({ min: 0 }), 0)
  .option(
    '--test-fraction <fraction>',
    'share of your own undivided images to hold out',
    number({ above: 0, max: 1 }),
    0.2,
  )
  .option('--sheet <file>', 'write the first 100 training images as one PNG')
  .option(
    '--test-sprite <file>',
    'write the first 100 test images as one PNG of 10 by 10, for the page to cut up',
  )
  .option(
    '--subset <file>',
    'write the 1,000 test images that model cards are checked on, as a gzipped idx file',
  )
  .addHelpText('after', '\nDownloads are kept in $XDG_CACHE_HOME/latent-edge, or ~/.cache/latent-edge.')
  .action(main)

await runProgram(program)
