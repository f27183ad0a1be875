import { isGraphModel, type ModelFiles } from '../files/artifacts.ts'
import { ConversionError, fail } from '../graph/conversion-error.ts'
import { interpretLayersModel } from '../layers-model/read-layers-model.ts'
import type { Converted } from '../to-onnx/convert-options.ts'
import { drawInputs, type IntegerInput, OPEN_SIZE, type Sizes, tableInputs } from './draw-inputs.ts'
import { firstLine, type Numbers } from './numbers.ts'
import { compare, compareRuntimes, type Difference, ParityError, requireParity } from './parity.ts'
import type { Runtimes } from './runtimes.ts'
import { loadReference, type Reference } from './tfjs.ts'

/** Options of `--check`. */
export interface CheckOptions {
  /** Largest difference relative to the largest output. */
  tolerance: number
  /**
   * Whether to accept a larger difference if TF.js's own outputs change as much when its inputs change by one rounding.
   */
  allowRounding?: boolean
  /** Real inputs, by the names of the file's inputs; random numbers for the others. */
  samples?: ReadonlyMap<string, Numbers>
  /** Sizes of open axes by name; for others several sizes are tried. */
  sizes?: Sizes
  /** The runtimes to check the file in. */
  runtimes: Runtimes
}

/** Sizes to try for open axes, in turn: a model may need more than a few steps or pixels. */
const TRIED = [OPEN_SIZE, 32, 64, 128, 256]

/**
 * Compares a converted model with TF.js's own predictions.
 *
 * @throws ParityError when a runtime cannot run the file, or its outputs differ too much
 * @throws ConversionError when TF.js cannot run the model, or computes it by another definition
 */
export async function checkModel(
  files: ModelFiles,
  converted: Converted,
  { tolerance, allowRounding = false, sizes = {}, samples = new Map(), runtimes }: CheckOptions,
): Promise<Difference[]> {
  requireComparable(files, converted)
  requireKnownSizes(converted, sizes)
  const reference = await explained('TF.js cannot load the model', () => loadReference(files))
  const { inputs, expected } = await predictSome(
    reference,
    files,
    converted,
    sizesWith(samples, converted, sizes),
    samples,
  )
  const differences = await runnable(() => compareRuntimes(converted, inputs, expected, runtimes))
  const isFar = differences.some(({ maxRel }) => maxRel > tolerance)
  const rounding = isFar && allowRounding ? await measureRounding(reference, converted, inputs, expected) : []
  reference.dispose()
  requireParity(differences, tolerance, 0, rounding)
  return rounding.length > 0
    ? differences.map(each => ({ ...each, rounding: Math.max(...rounding) }))
    : differences
}

/** A relative difference above this is not accepted as rounding. */
const MOST_ROUNDING = 1e-2
/** The largest relative rounding error of a float32. */
const ONE_ROUNDING = 2 ** -24

/**
 * For each output, how much TF.js's prediction changes, relative to its largest number, when the inputs change by one
 * rounding.
 */
async function measureRounding(
  reference: Reference,
  converted: Converted,
  inputs: readonly Numbers[],
  expected: readonly Numbers[],
): Promise<number[]> {
  const rounded = inputs.slice(0, inputs.length - (converted.states ?? 0)).map(({ dims, data }) => ({
    dims,
    data:
      data instanceof Float32Array
        ? data.map((value, i) => value * (i % 2 === 0 ? 1 + 2 * ONE_ROUNDING : 1 - ONE_ROUNDING))
        : data,
  }))
  const { byOutput } = compare(await reference.predict(rounded), expected, converted.bounded)
  return byOutput.map(change => (change <= MOST_ROUNDING ? change : 0))
}

/** The sizes of open axes, those of the samples included. */
function sizesWith(given: ReadonlyMap<string, Numbers>, { inputs }: Converted, sizes: Sizes): Sizes {
  const named = inputs.flatMap(({ name, dims }) =>
    dims.flatMap((dim, axis) => {
      const size = given.get(name)?.dims[axis]
      return typeof dim === 'string' && size !== undefined ? [[dim, size] as const] : []
    }),
  )
  return { ...sizes, ...Object.fromEntries(named) }
}

function requireComparable(files: ModelFiles, converted: Converted): void {
  const [reason] = converted.unlikeTfjs ?? []
  if (reason) fail(`cannot be checked against TF.js: ${reason}`)
  if (isGraphModel(files.modelTopology)) return
  const { inputs } = interpretLayersModel({ ...files, weightSpecs: [], weightData: [] }).network
  if (converted.inputs.length === inputs.length + (converted.states ?? 0)) return
  const added = converted.inputs.slice(inputs.length).map(input => input.name)
  fail(`cannot be checked against TF.js, whose model does not have the input ${added.join(', ')}`)
}

function requireKnownSizes(converted: Converted, sizes: Sizes): void {
  const open = openAxes(converted, {})
  const batch = converted.inputs.map(({ dims }) => dims[0]).filter(dim => typeof dim === 'string')
  const unknown = Object.keys(sizes).find(name => !open.includes(name) && !batch.includes(name))
  if (unknown === undefined) return
  fail(
    `sizes: the model has no open axis named ${unknown} (it has ${[...new Set([...batch, ...open])].join(', ') || 'none'})`,
  )
}

/** Names of open axes other than the batch that have no size yet. */
function openAxes(converted: Converted, sizes: Sizes): string[] {
  const names = converted.inputs.flatMap(({ dims }) => dims.slice(1).filter(dim => typeof dim === 'string'))
  return [...new Set(names)].filter(name => !(name in sizes))
}

/** Random inputs and TF.js's predictions for them. Open sizes grow until TF.js accepts them. */
async function predictSome(
  reference: Reference,
  files: ModelFiles,
  converted: Converted,
  sizes: Sizes,
  given: ReadonlyMap<string, Numbers>,
): Promise<{ inputs: Numbers[]; expected: Numbers[] }> {
  const open = openAxes(converted, sizes)
  const integers: IntegerInput = isGraphModel(files.modelTopology)
    ? () => ({ below: 256 })
    : tableInputs(interpretLayersModel({ ...files, weightSpecs: [], weightData: [] }).network)
  let reason = ''
  for (const size of open.length > 0 ? TRIED : [OPEN_SIZE]) {
    const chosen = { ...Object.fromEntries(open.map(name => [name, size])), ...sizes }
    const drawn = drawInputs(converted, integers, chosen)
    // A model that has just been loaded starts from states of zeros.
    const count = drawn.length - (converted.states ?? 0)
    const inputs = drawn.map((each, i) =>
      i < count ? (given.get(converted.inputs[i].name) ?? each) : { ...each, data: each.data.map(() => 0) },
    )
    try {
      const expected = await reference.predict(inputs.slice(0, count))
      if (open.length === 0 || expected.every(({ data }) => data.length > 0)) return { inputs, expected }
      reason = 'an output is empty'
    } catch (error) {
      reason = firstLine(error)
    }
  }
  if (open.length === 0) return fail(`TF.js cannot predict with inputs of the model's shape: ${reason}`)
  const example = open.map(name => `${name}=…`).join(' ')
  return fail(
    `TF.js cannot predict with open sizes of ${TRIED.join(', ')} (${reason}); give sizes that fit: --sizes ${example}`,
  )
}

async function explained<T>(what: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    if (error instanceof ConversionError) throw error
    return fail(`${what}: ${firstLine(error)}`)
  }
}

/** Makes a runtime's failure to load or run the file a ParityError: the converter is at fault then, not the model. */
async function runnable<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    if (error instanceof ConversionError || error instanceof ParityError) throw error
    throw new ParityError(`the file does not run: ${firstLine(error)}`, [])
  }
}
