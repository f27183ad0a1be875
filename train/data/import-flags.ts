import { type Command, InvalidArgumentError } from 'commander'
import { choice, number } from '../../export/command/options.ts'
import type { ImportOptions } from '../step/configuration.ts'
import { requireFreeName } from './load-dataset.ts'

/** The flags of `withImportOptions` as commander reads them. */
export interface ImportFlags {
  name?: string
  size?: ImportOptions['size']
  fit?: ImportOptions['fit']
  crop?: ImportOptions['crop']
  invert?: boolean
  transpose?: boolean
  labels?: boolean
  background?: ImportOptions['background']
  polarity?: ImportOptions['polarity']
  testFraction?: number
}

/** Adds the options that say how a user's own images are read. */
export function withImportOptions(command: Command): Command {
  return command
    .optionsGroup('Your own images:')
    .option('--name <name>', 'what the data set is called (default: made from its path)', readName)
    .option('--size <WxH>', 'bring images to this size, by area', readSize)
    .addOption(
      choice(
        '--fit <how>',
        ['contain', 'cover'],
        'pad what does not fit the size, or cut it (default: contain)',
      ),
    )
    .option('--crop <WxH+X+Y>', 'keep this part of each image, before resizing', readCrop)
    .option('--invert', 'swap black and white')
    .option('--transpose', "swap rows and columns: EMNIST's idx files store images transposed")
    .option('--no-labels', 'read images without classes, whatever sub-folders or labels there are')
    .addOption(
      choice(
        '--background <colour>',
        ['black', 'white'],
        'behind transparent places and padding (default: black)',
      ),
    )
    .addOption(
      choice(
        '--polarity <which>',
        ['light-on-dark', 'dark-on-light', 'photograph'],
        'how images are shown and uploads are read (default: detected at their edges)',
      ),
    )
    .option(
      '--test-fraction <share>',
      'share of undivided images that is held out for tests (default: 0.2)',
      number({ above: 0, max: 0.9 }),
    )
}

/** The import options that flags give; undefined where they give none. */
export function readImportFlags(flags: ImportFlags): ImportOptions | undefined {
  const { name, size, fit, crop, transpose, labels, invert, background, polarity, testFraction } = flags
  const all = { name, size, fit, crop, transpose, invert, background, polarity, testFraction }
  // Commander gives `labels: true` where --no-labels is absent.
  const given = Object.entries({ ...all, labels: labels === false ? false : undefined }).filter(
    ([, value]) => value !== undefined,
  )
  return given.length > 0 ? Object.fromEntries(given) : undefined
}

function readName(text: string): string {
  if (!/^[a-z0-9]+$/.test(text)) throw new InvalidArgumentError('Expected lower-case letters and digits.')
  try {
    requireFreeName(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
  return text
}

function readSize(text: string): ImportOptions['size'] {
  const match = /^(\d+)x(\d+)$/.exec(text)
  const [width, height] = [Number(match?.[1]), Number(match?.[2])]
  if (width >= 1 && height >= 1) return { width, height }
  throw new InvalidArgumentError('Expected a width and a height, such as 28x28.')
}

function readCrop(text: string): ImportOptions['crop'] {
  const match = /^(\d+)x(\d+)\+(\d+)\+(\d+)$/.exec(text)
  const [width, height, left, top] = (match ?? []).slice(1).map(Number)
  if (width >= 1 && height >= 1) return { left, top, width, height }
  throw new InvalidArgumentError('Expected a size and a corner, such as 100x100+20+10.')
}
