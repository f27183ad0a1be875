import { CLASSES } from '../../models/classes.ts'

/** What a model's id says of it: `mnist-vae-l2-z2-mean5x10`. */
export interface Named {
  dataset: string
  kind: string
  layers: number
  latentDim: number
  /** Of the KL term; 1 where the id does not say. */
  beta: number
  /** The prior's, where the id names them. */
  mean: readonly number[] | undefined
  variance: readonly number[] | undefined
}

const FORM = /^([a-z0-9]+)-(ae|vae)-l(\d+)-z(\d+)(?:-(.+))?$/

/** Reads an id; undefined for one of another form. What follows and is not known is passed over. */
export function parseName(id: string): Named | undefined {
  const match = FORM.exec(id)
  if (!match) return undefined
  const [, dataset, kind, layers, latentDim, rest = ''] = match
  const setting = (name: string) =>
    new RegExp(`(?:^|-)${name}([\\d.][\\d.x]*)(?:-|$)`).exec(rest)?.[1].split('x').map(Number)
  return {
    dataset,
    kind,
    layers: Number(layers),
    latentDim: Number(latentDim),
    beta: setting('beta')?.[0] ?? 1,
    mean: setting('mean'),
    variance: setting('var'),
  }
}

const DATASETS: Record<string, string> = { mnist: 'MNIST', fashion: 'Fashion-MNIST', frey: 'FreyFace' }

const CLASS_NAMES: Record<string, readonly string[]> = {
  mnist: CLASSES.mnist,
  fashion: CLASSES['fashion-mnist'],
}

/** The classes of a model's data in order, known before its card is there so that nothing moves when it comes. */
export function classesOf(id: string): readonly string[] {
  return CLASS_NAMES[parseName(id)?.dataset ?? ''] ?? []
}

const PARTS: Record<string, (name: Named) => string> = {
  kind: ({ kind }) => kind.toUpperCase(),
  dataset: ({ dataset }) => DATASETS[dataset] ?? dataset,
  layers: ({ layers }) => `${layers} ${layers === 1 ? 'layer' : 'layers'}`,
  latentDim: ({ latentDim }) => `${latentDim} numbers`,
  beta: ({ beta }) => `β = ${beta}`,
  prior: priorText,
}

/** N(0, I), N((5, 10), I), N(0, diag(1, 3)). */
function priorText({ mean, variance }: Named): string {
  const list = (values: readonly number[]) => values.join(', ')
  return `N(${mean ? `(${list(mean)})` : '0'}, ${variance ? `diag(${list(variance)})` : 'I'})`
}

/**
 * What tells models of one figure apart, a label each: of kind, data, layers, latent size, β and prior those that are
 * not the same for all.
 */
export function labels(ids: readonly string[]): Map<string, string> {
  const names = ids.map(id => parseName(id))
  const varying = Object.values(PARTS).filter(
    part => new Set(names.map(name => (name ? part(name) : ''))).size > 1,
  )
  return new Map(
    ids.map((id, i) => {
      const name = names[i]
      const text = name && varying.map(part => part(name)).join(', ')
      return [id, text || id]
    }),
  )
}

/** `AE of 3–5, 7, 8 layers; VAE of 4 layers`: the models of a figure that are not in `present`; '' where all are. */
export function missing(ids: readonly string[], present: ReadonlySet<string>): string {
  const absent = ids.filter(id => !present.has(id))
  const byKind = Map.groupBy(ids, id => parseName(id)?.kind ?? '')
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

/** "Figure 69", "Figures 1–3". */
export function numbersOf(numbers: string): string {
  return `${/^\d+$/.test(numbers) ? 'Figure' : 'Figures'} ${numbers}`
}
