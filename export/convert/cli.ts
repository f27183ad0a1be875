import { pathToFileURL } from 'node:url'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Value } from '../../models/onnx/encode-model.ts'
import { ParityError } from './check/parity.ts'
import { OPSETS } from './convert.ts'
import { type ConvertedFile, convertFile, TOLERANCE } from './convert-file.ts'
import { ConversionError, refuse, shapeText } from './graph/conversion-error.ts'
import { PRECISIONS, type Precision } from './graph/precision.ts'

interface Flags {
  precision: Precision
  opset: number
  check?: true
  tolerance?: number
  inputs?: string[]
  outputs?: string[]
  batch: string
  import: string[]
}

const EXIT = { refused: 1, usage: 2, differs: 3 } as const

const HELP = `
Layers of classes of your own: write a module that calls registerLayer and name it with --import.

Exit codes:
  0  the file is written
  1  the model is refused, or a file cannot be read or written
  2  wrong usage
  3  --check found outputs too far from TF.js's; nothing is written

Examples:
  npm run tfjs2onnx -- model/model.json model.onnx --check
  npm run tfjs2onnx -- https://example.com/model/model.json model.onnx --precision fp16
`

function program(): Command {
  const tolerances = PRECISIONS.map(precision => `${TOLERANCE[precision]} for ${precision}`).join(', ')
  return new Command('tfjs2onnx')
    .description('Turns a TF.js LayersModel into an ONNX file that computes the same.')
    .argument('<model>', 'model.json as TF.js writes it, the folder it is in, or its URL')
    .argument('<output>', 'the ONNX file to write')
    .addOption(
      new Option('--precision <precision>', 'how weights are stored; arithmetic is float32 with each')
        .choices(PRECISIONS)
        .default('fp32'),
    )
    .option(
      '--opset <number>',
      `ONNX operator set, ${OPSETS.least} to ${OPSETS.most}`,
      readOpset,
      OPSETS.default,
    )
    .option('--check', 'first run the file in onnxruntime-node and -web and hold it against TF.js', undefined)
    .option(
      '--tolerance <number>',
      `with --check: largest relative difference (default: ${tolerances})`,
      readTolerance,
    )
    .option('--inputs <names...>', 'names of the inputs, in the model’s order')
    .option('--outputs <names...>', 'names of the outputs, in the model’s order')
    .option('--batch <name>', 'name of the open batch size', 'batch')
    .option('--import <modules...>', 'modules to load first, for their registerLayer', [])
    .addHelpText('after', HELP)
    .exitOverride()
}

function readOpset(text: string): number {
  const opset = Number(text)
  if (Number.isInteger(opset) && opset >= OPSETS.least && opset <= OPSETS.most) return opset
  throw new InvalidArgumentError(`expected an integer from ${OPSETS.least} to ${OPSETS.most}.`)
}

function readTolerance(text: string): number {
  const tolerance = Number(text)
  if (text.trim() !== '' && tolerance >= 0) return tolerance
  throw new InvalidArgumentError('expected a number of 0 or more.')
}

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
  try {
    for (const module of flags.import) await importModule(module)
    // Or TF.js greets whoever runs it in Node.
    if (flags.check) (await import('@tensorflow/tfjs')).enableProdMode()
    report(output, flags, await convertFile(model, output, flags))
    return 0
  } catch (error) {
    if (!(error instanceof ConversionError || error instanceof ParityError)) throw error
    console.error(`error: ${error.message}`)
    return error instanceof ParityError ? EXIT.differs : EXIT.refused
  }
}

async function importModule(path: string): Promise<void> {
  try {
    await import(pathToFileURL(path).href)
  } catch (error) {
    refuse(`--import ${path}: ${error instanceof Error ? error.message : error}`)
  }
}

function report(output: string, flags: Flags, { bytes, inputs, outputs, differences }: ConvertedFile): void {
  console.log(
    `${output}: ${bytes.length.toLocaleString('en')} bytes, opset ${flags.opset}, weights in ${flags.precision}`,
  )
  const line = (kind: string) => (value: Value) =>
    console.log(`  ${kind} ${value.name} ${shapeText(value.dims)} ${value.type}`)
  inputs.forEach(line('input'))
  outputs.forEach(line('output'))
  for (const { runtime, maxAbs, maxRel } of differences) {
    console.log(
      `  ${runtime}: at most ${maxAbs.toExponential(1)} from TF.js, ${maxRel.toExponential(1)} of the largest output`,
    )
  }
}

process.exitCode = await main(process.argv.slice(2))
