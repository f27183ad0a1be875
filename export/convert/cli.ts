import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Value } from '../../models/onnx/encode-model.ts'
import { integer, number } from '../command/options.ts'
import { firstLine } from './check/numbers.ts'
import { ParityError } from './check/parity.ts'
import { TOLERANCE } from './check/tolerance.ts'
import { type ConvertedFile, convertFile } from './convert-file.ts'
import { ConversionError, fail, shapeText } from './graph/conversion-error.ts'
import { PRECISIONS, type Precision } from './graph/precision.ts'
import type { CustomLayers } from './layers-model/custom-layers.ts'
import type { StateMode } from './layers-model/layers/layer.ts'
import { OPSETS } from './to-onnx/convert-options.ts'

interface Flags {
  precision: Precision
  opset: number
  check?: true
  tolerance?: number
  sizes?: Record<string, number>
  samples?: string[]
  inputs?: string[]
  outputs?: string[]
  batch: string
  state?: StateMode
  import: string[]
}

const EXIT = { failed: 1, usage: 2, differs: 3 } as const
const HELP = `
Custom layers: write a module that exports \`layers\`, an object of conversions by class name (see export/README.md), and
name it with --import.

Exit codes:
  0  the file is written
  1  the model cannot be converted or checked, or a file cannot be read or written
  2  wrong usage
  3  --check found outputs too far from TF.js's; nothing is written

Examples:
  npm run tfjs2onnx -- model/model.json model.onnx --check
  npm run tfjs2onnx -- https://example.com/model/model.json model.onnx --precision fp16
  npm run tfjs2onnx -- model model.onnx --check --sizes input_1=64
`

function program(): Command {
  const tolerances = PRECISIONS.map(precision => `${TOLERANCE[precision]} for ${precision}`).join(', ')
  return new Command('tfjs2onnx')
    .description('Converts a TF.js model into an ONNX file that computes the same.')
    .argument('<model>', 'model.json as TF.js writes it, the folder it is in, or the URL of either')
    .argument('<output>', 'the ONNX file to write')
    .addOption(
      new Option('--precision <precision>', 'how weights are stored; arithmetic is float32 with each')
        .choices(PRECISIONS)
        .default('fp32'),
    )
    .option(
      '--opset <number>',
      `ONNX operator set, ${OPSETS.least} to ${OPSETS.most}`,
      integer({ min: OPSETS.least, max: OPSETS.most }),
      OPSETS.default,
    )
    .option('--check', 'run the file in onnxruntime-node and -web first and compare it with TF.js', undefined)
    .option(
      '--tolerance <number>',
      `with --check: largest difference relative to the largest output (default: ${tolerances})`,
      number({ min: 0 }),
    )
    .option(
      '--sizes <name=size...>',
      'with --check: sizes of open axes, by the names that the file has',
      readSizes,
    )
    .option(
      '--samples <files...>',
      'with --check: real inputs, a .npy file or a folder of PNG images; NAME=FILE for another input than the first',
    )
    .option('--inputs <names...>', 'names of the inputs, in the model’s order')
    .option('--outputs <names...>', 'names of the outputs, in the model’s order')
    .option('--batch <name>', 'name of the open batch size', 'batch')
    .addOption(
      new Option(
        '--state <mode>',
        'states of stateful layers: inputs and outputs of the file, or zeros at each run',
      ).choices(['io', 'reset']),
    )
    .option('--import <modules...>', 'modules that export conversions of custom layers', [])
    .addHelpText('after', HELP)
    .exitOverride()
}

function readSizes(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [, name, size] = /^(.+)=(\d+)$/.exec(text) ?? []
  if (name && Number(size) >= 1) return { ...before, [name]: Number(size) }
  throw new InvalidArgumentError('Expected NAME=SIZE with a size of 1 or more.')
}

/**
 * The folder that the command was called in, to which paths are relative: `npm run` changes to the repository's root.
 */
function callerFolder(): string {
  const { INIT_CWD, npm_package_json } = process.env
  const fromNpm = INIT_CWD && npm_package_json && dirname(npm_package_json) === process.cwd()
  return fromNpm ? INIT_CWD : process.cwd()
}

const isUrl = (text: string) => /^(https?|file):/i.test(text)

/** Runs the command. @returns its exit code */
async function main(argv: readonly string[]): Promise<number> {
  const command = program()
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    return (error as { exitCode?: number }).exitCode === 0 ? 0 : EXIT.usage
  }
  const flags = command.opts<Flags>()
  const [model, output] = command.args
  process.chdir(callerFolder())
  try {
    const layers = await importLayers(flags.import)
    report(output, flags, await convertFile(model, output, { ...flags, layers }))
    return 0
  } catch (error) {
    const known = error instanceof ConversionError || error instanceof ParityError
    console.error(
      `error: ${known ? error.message : `${firstLine(error)} (unexpected; ${isUrl(model) ? model : resolve(model)})`}`,
    )
    return error instanceof ParityError ? EXIT.differs : EXIT.failed
  }
}

async function importLayers(modules: readonly string[]): Promise<CustomLayers> {
  const all: CustomLayers[] = []
  for (const path of modules) {
    try {
      const { layers } = (await import(pathToFileURL(path).href)) as { layers?: unknown }
      if (typeof layers !== 'object' || layers === null) throw new Error('expected an export named `layers`')
      all.push(layers as CustomLayers)
    } catch (error) {
      fail(`--import ${path}: ${firstLine(error)}`)
    }
  }
  return Object.assign({}, ...all)
}

function report(output: string, flags: Flags, { size, inputs, outputs, differences }: ConvertedFile): void {
  // With /dev/stdout as output, only the file may go there.
  const print = output.startsWith('/dev/') ? console.error : console.log
  print(`${output}: ${size.toLocaleString('en')} bytes, opset ${flags.opset}, weights in ${flags.precision}`)
  const line = (kind: string) => (value: Value) =>
    print(`  ${kind} ${value.name} ${shapeText(value.dims)} ${value.type}`)
  inputs.forEach(line('input'))
  outputs.forEach(line('output'))
  const [{ rounding } = {}] = differences
  if (rounding !== undefined) {
    print(
      `  TF.js’s own outputs change by ${rounding.toExponential(1)} when its inputs change by one rounding`,
    )
  }
  for (const { runtime, maxAbs, maxRel } of differences) {
    print(
      `  ${runtime}: at most ${maxAbs.toExponential(1)} from TF.js, ${maxRel.toExponential(1)} of the largest output`,
    )
  }
}

process.exitCode = await main(process.argv.slice(2))
