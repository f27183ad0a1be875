import { CLASSES } from '../../models/classes.ts'
import { type Identity, parseId } from '../../models/ids.ts'
import { datasetTitle, modelTitle } from '../../models/model-title.ts'
import { withMinus } from '../../models/print-number.ts'

/**
 * The parts of a model's id; undefined if it has another form. The name of a result is a model's id followed by the
 * name of a variant (`frey-ae-l4-z2-mse-paper`), which is ignored.
 */
export function identify(id: string): Identity | undefined {
  for (const candidate of [id, id.replace(/-[a-z]+$/, '')]) {
    try {
      return parseId(candidate)
    } catch {
      // Not an id of that form: the next candidate, or none.
    }
  }
  return undefined
}

/** A model in words; of a result of the paper's the words of its id. */
export function titleOfId(id: string): string {
  const identity = identify(id)
  if (!identity) return id
  const { data, kind, latentDim, conditional } = identity
  return modelTitle({ id, dataset: data, kind, latentDim, conditional })
}

/** The classes of a model's data in order, known before its card has been fetched so that the layout does not shift. */
export function classesOf(id: string): readonly string[] {
  const classes: Record<string, readonly string[]> = CLASSES
  return classes[identify(id)?.data ?? ''] ?? []
}

/** The parts of a label; '' where a model has no such part. */
const PARTS: readonly ((model: Identity) => string)[] = [
  ({ kind }) => kind.toUpperCase(),
  ({ data }) => datasetTitle(data),
  ({ layers }) => `${layers} ${layers === 1 ? 'layer' : 'layers'}`,
  ({ latentDim }) => `${latentDim} numbers`,
  ({ kind, beta }) => (kind === 'ae' ? '' : `β = ${beta}`),
  ({ kind, prior }) => (kind === 'ae' ? '' : priorText(prior)),
]

/** N(0, I), N((5, 10), I), N(0, diag(1, 3)). */
function priorText({ mean, variance }: Identity['prior']): string {
  const list = (values: readonly number[]) => withMinus(values.join(', '))
  const middle = mean.every(value => value === 0) ? '0' : `(${list(mean)})`
  const spread = variance.every(value => value === 1) ? 'I' : `diag(${list(variance)})`
  return `N(${middle}, ${spread})`
}

/**
 * A label for each model of a figure: those of kind, data, layers, latent size, β and prior in which the models differ.
 * A model whose id has another form is labelled by its id.
 */
export function labels(ids: readonly string[]): Map<string, string> {
  const models = ids.map(identify)
  const varying = PARTS.filter(part => {
    const texts = models.map(model => (model ? part(model) : '')).filter(text => text !== '')
    return new Set(texts).size > 1
  })
  return new Map(
    ids.map((id, i) => {
      const model = models[i]
      const text = model && varying.map(part => part(model)).filter(part => part !== '')
      return [id, text?.join(', ') || id]
    }),
  )
}

/** The models of a figure that are not in `present`, as `AE of 3–5, 7, 8 layers; VAE of 4 layers`; '' where all are. */
export function missing(ids: readonly string[], present: ReadonlySet<string>): string {
  const absent = ids.filter(id => !present.has(id))
  const byKind = Map.groupBy(ids, id => identify(id)?.kind ?? '')
  if (absent.length === 0) return ''
  const texts = [...byKind].map(([kind, all]) => {
    const lacking = all.filter(id => absent.includes(id))
    if (lacking.length === 0) return ''
    const title = byKind.size > 1 ? `${kind.toUpperCase()}` : ''
    const label = labels(all)
    const words = lacking.map(id => label.get(id) as string)
    const numbers = words.map(word => /^(\d+) (layer|number)s?$/.exec(word))
    if (all.length === 1) return title || all[0]
    const list = numbers.every(Boolean)
      ? `${runs(numbers.map(match => Number(match?.[1])))} ${numbers[0]?.[2]}${numbers.length === 1 && numbers[0]?.[1] === '1' ? '' : 's'}`
      : words.join(words.some(word => word.includes(',')) ? ' and ' : ', ')
    return title ? `${title} of ${list}` : list
  })
  return texts.filter(text => text !== '').join('; ')
}

/** 1, 3, 4, 5 as `1, 3–5`. */
function runs(numbers: readonly number[]): string {
  const spans: [number, number][] = []
  for (const n of numbers) {
    const last = spans.at(-1)
    if (last && n === last[1] + 1) last[1] = n
    else spans.push([n, n])
  }
  const write = ([from, to]: [number, number]) =>
    from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from}–${to}`
  return spans.map(write).join(', ')
}
