import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { Architecture, Objective } from '../../../models/card.ts'
import { parseId } from '../../../models/ids.ts'
import { Configuration, DataChoice, Optimization } from '../../step/configuration.ts'

const Id = z.string().check(({ value, issues }) => {
  try {
    parseId(value)
  } catch (error) {
    issues.push({ code: 'custom', input: value, message: (error as Error).message })
  }
})

const fields = {
  id: Id,
  variant: z.string().regex(/^[a-z0-9.]+$/),
  data: DataChoice.shape.name,
  kind: Architecture.shape.kind,
  layers: Architecture.shape.layers,
  latent: Architecture.shape.latentDim,
  output: Architecture.shape.output,
  loss: Objective.shape.reconstruction,
  beta: Objective.shape.beta,
  priorMean: z.array(z.number()).min(1),
  priorVariance: z.array(z.number().positive()).min(1),
  samples: Objective.shape.samples,
  kl: Objective.shape.kl,
  epochs: Optimization.shape.epochs,
  batch: Optimization.shape.batch,
  lr: Optimization.shape.learningRate,
  schedule: Optimization.shape.schedule,
  warmup: Optimization.shape.warmup,
  betaWarmup: Optimization.shape.betaWarmup,
  patience: Optimization.shape.patience,
  keep: Optimization.shape.keep,
  split: DataChoice.shape.split,
  splitSeed: DataChoice.shape.splitSeed,
  folds: DataChoice.shape.folds,
  foldSeed: DataChoice.shape.foldSeed,
  /** How many of the folds are held out in turn, from the first; all by default. */
  runFolds: z.int().min(1),
  seed: Configuration.shape.seed,
  engine: Configuration.shape.engine,
  device: Configuration.shape.device,
}

/**
 * The settings of one run in a sweep: an id, an optional variant (a word that distinguishes runs of the same id, whose
 * name is then `<id>-<variant>`), and options of `npm run train` in camel case.
 */
export const Settings = z.strictObject(fields).partial()
export type Settings = z.infer<typeof Settings>

/**
 * Settings that may each be a list of values. A prior's setting is itself a list, so its values are a list of lists.
 */
const Grid = z
  .strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([name, schema]) => {
        const isList = name.startsWith('prior')
          ? (value: unknown) => Array.isArray(value) && Array.isArray(value[0])
          : Array.isArray
        const listed = (value: unknown) => (isList(value) ? value : [value])
        return [name, z.preprocess(listed, z.array(schema as z.ZodType).min(1)).optional()]
      }),
    ),
  )
  .transform(grid =>
    Object.entries(grid as Record<string, unknown[]>).reduce<Record<string, unknown>[]>(
      (settings, [name, values]) => settings.flatMap(s => values.map(value => ({ ...s, [name]: value }))),
      [{}],
    ),
  )

const RunEntry = z.preprocess(entry => (typeof entry === 'string' ? { id: entry } : entry), Settings)

const SweepFile = z
  .strictObject({
    description: z.string().optional(),
    /** Settings of all runs that do not override them. */
    defaults: Settings.optional(),
    /** One run for every combination of the listed values. */
    grid: Grid.optional(),
    /** Single runs: settings, or only an id. */
    runs: z.array(RunEntry).min(1).optional(),
  })
  .refine(file => file.grid || file.runs, { error: 'expected "grid", "runs" or both, got neither' })

/**
 * The settings of a sweep's runs, before folds and seeds are chosen: the product of the grid, then the single runs.
 *
 * @throws Error when the content is not a valid sweep: a line for each fault, with the path of the field
 */
export function parseSweep(content: unknown, source: string): Settings[] {
  const parsed = SweepFile.safeParse(content, { reportInput: true })
  if (!parsed.success) throw new Error(parsed.error.issues.map(issue => describe(issue, source)).join('\n'))
  const { defaults, grid = [], runs = [] } = parsed.data
  return [...(grid as Settings[]), ...runs].map(settings => ({ ...defaults, ...settings }))
}

/**
 * Reads a sweep from a JSON file.
 *
 * @throws Error naming the file when it is missing, not JSON or not a valid sweep
 */
export async function loadSweep(path: string): Promise<Settings[]> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new Error(`sweep: expected a JSON file, cannot read it: ${cause.message}`, { cause })
  })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (cause) {
    throw new Error(`${path}: expected JSON: ${(cause as Error).message}`, { cause })
  }
  return parseSweep(content, path)
}

function describe({ path, message, code, input }: z.core.$ZodIssue, source: string): string {
  const where = [source, ...(path.length > 0 ? [path.join('.')] : [])].join(': ')
  if (code === 'unrecognized_keys')
    return `${where}: ${message}; settings are ${Object.keys(fields).join(', ')}`
  const got = code === 'custom' || input === undefined ? '' : `, got ${JSON.stringify(input)}`
  return `${where}: ${message.split(', received ', 1)[0]}${got}`
}
