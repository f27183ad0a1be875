import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { SingleBar } from 'cli-progress'
import { Command, Option } from 'commander'
import { dataDirOption, integer } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { pickPixels } from '../step/images.ts'
import { chooseSubset } from '../step/run/subset.ts'
import type { Dataset } from './dataset.ts'
import { describeDataset } from './describe.ts'
import { encodeIdx } from './idx.ts'
import { type ImportFlags, readImportFlags, withImportOptions } from './import-flags.ts'
import { known } from './known/known-datasets.ts'
import { cacheFolder } from './known/known-files.ts'
import { obtain } from './known/obtain.ts'
import { DATA_FORMS, type LoadOptions, loadDataset } from './load-dataset.ts'
import { contactSheet, testSprite } from './sheet.ts'

interface Flags extends Pick<LoadOptions, 'dataDir' | 'split' | 'splitSeed'>, ImportFlags {
  urlBase?: string
  sheet?: string
  testSprite?: string
  subset?: string
}

async function main(name: string, flags: Flags): Promise<void> {
  const set = known.find(each => each.name === name)
  const files = set ? await obtain(set, { ...flags, onDownload: startBar }) : []
  const dataset = await loadDataset(name, { ...flags, import: readImportFlags(flags), onRead: showReading })
  for (const line of describeDataset(dataset)) console.log(line)
  for (const file of files) console.log(`file   ${file}`)
  const sheet = flags.sheet ?? (set ? undefined : join(cacheFolder('sheets'), `${dataset.name}.png`))
  if (sheet) {
    if (!flags.sheet) await mkdir(dirname(sheet), { recursive: true })
    await writeAtomic(sheet, contactSheet(dataset.train, dataset, set ? 'first' : 'spread'))
    console.log(`sheet  ${resolve(sheet)}`)
  }
  if (flags.testSprite) {
    await writeAtomic(flags.testSprite, testSprite(dataset))
    console.log(`sprite ${resolve(flags.testSprite)}`)
  }
  if (flags.subset) {
    await writeAtomic(flags.subset, subsetFile(dataset))
    console.log(`subset ${resolve(flags.subset)}`)
    const labels = subsetLabels(dataset)
    const file = basename(flags.subset)
    if (labels && file.includes('idx3')) {
      await writeAtomic(join(dirname(flags.subset), file.replace('idx3', 'idx1')), labels)
    }
  }
}

/** Labels of the test images that cards are checked on, as a gzipped idx file; null where the data has none. */
function subsetLabels({ test: { labels, count } }: Dataset): Uint8Array | null {
  if (!labels) return null
  const data = Uint8Array.from(chooseSubset(count), i => labels[i])
  return gzipSync(encodeIdx({ dims: [data.length], data }), { level: 9 })
}

/** The test images that cards are checked on, as a gzipped idx file. */
function subsetFile({ height, width, test }: Dataset): Uint8Array {
  const indices = chooseSubset(test.count)
  const data = pickPixels(test, indices)
  return gzipSync(encodeIdx({ dims: [indices.length, height, width], data }), { level: 9 })
}

/** A progress bar on the error stream; it shows on a terminal only, and is removed when the file is whole. */
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

/** Images read so far, on a terminal. */
function showReading(done: number, all: number): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(
    done < all ? `\rreading image ${done.toLocaleString('en')} of ${all.toLocaleString('en')}` : '\r\x1b[2K',
  )
}

const program = withImportOptions(
  new Command('npm run data --')
    .description(
      'Find a data set or download it into the cache folder, check every byte, and print what it holds and how it is ' +
        'divided. For your own images a contact sheet is drawn.',
    )
    .argument('<data>', DATA_FORMS)
    .addOption(dataDirOption())
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
    .option('--split-seed <integer>', 'seed of a shuffled split', integer({ min: 0 }), 0)
    .option(
      '--sheet <file>',
      'write 100 training images as one PNG: the first of a known set, some from all parts of your own',
    )
    .option('--test-sprite <file>', 'write the first 100 test images as one PNG of 10 by 10, for the page')
    .option(
      '--subset <file>',
      'write the 1,000 test images that model cards are checked on, as a gzipped idx file',
    ),
)
  .addHelpText('after', '\nDownloads are kept in $XDG_CACHE_HOME/latent-edge, or ~/.cache/latent-edge.')
  .action(main)

await runProgram(program)
