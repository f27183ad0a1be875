import { rowOf, variantOf } from '../../../models/paper/lookup.ts'
import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { fixed } from '../../../models/print-number.ts'
import { printed } from '../report/names.ts'
import { listed, plural } from '../report/numbers.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

const DEPTHS = [1, 2, 3, 4, 5, 6, 7, 8]

/**
 * The runs of one number of layers: with beta warmed up (as in the tables), without warm-up, and by the paper's
 * protocol.
 */
interface Depth {
  layers: number
  row: ReportRow | undefined
  warm: Measured | undefined
  cold: Measured | undefined
  paper: Measured | undefined
}
interface Measured {
  /** Folds; undefined for the runs of the tables. */
  n?: number
  bce: number
  kl: number | null
  activeUnits: number
}

/** Whether the posteriors of FreyFace's deep VAEs collapse, and whether warming up beta prevents that. */
export function collapse(report: Report): Question {
  const depths = DEPTHS.map(layers => depthOf(report, layers))
  return {
    slug: 'collapse',
    figure: 'depth-frey',
    title: 'FreyFace’s deep VAEs: a collapsed posterior?',
    answer: [constant(depths), ...protocol(depths), cold(depths), warm(depths)],
    numbers: {
      caption:
        'VAEs of FreyFace on test images: BCE in nats per pixel, KL in nats per image, active dimensions of two',
      head: [
        'Layers',
        'Paper, BCE',
        'Ours in the tables, BCE',
        'KL',
        'Active',
        'Ours with β = 1 from the start (fold 0), BCE',
        'KL',
        'Active',
      ],
      rows: depths.map(({ layers, row, warm, cold }) => [
        String(layers),
        row ? printed(row.table, row.paper.test.mean) : '–',
        ...cells(warm),
        ...cells(cold),
      ]),
    },
  }
}

function depthOf(report: Report, layers: number): Depth {
  const id = `frey-vae-l${layers}-z2-mse`
  const row = report.rows.find(one => one.table === 6 && one.id === id)
  const ours = rowOf(report, id, 'bce')?.ours
  const beside = (name: string) => {
    const variant = variantOf(report, `${id}-${name}`)
    return (
      variant && { n: variant.n, bce: variant.test.bce, kl: variant.kl, activeUnits: variant.activeUnits }
    )
  }
  return {
    layers,
    row,
    warm: ours ? { bce: ours.test.mean, kl: ours.kl, activeUnits: ours.activeUnits } : undefined,
    cold: beside('nowarmup'),
    paper: beside('paper'),
  }
}

const cells = (measured: Measured | undefined) =>
  measured
    ? [fixed(measured.bce, 4), fixed(measured.kl, 2), fixed(measured.activeUnits, 1).replace('.0', '')]
    : ['–', '–', '–']

/** Whether in most folds no dimension's mu varies over the images. */
const collapsed = (measured: Measured | undefined) => measured !== undefined && measured.activeUnits < 0.5

function constant(depths: readonly Depth[]): string {
  const last = depths.at(-1)?.row?.paper.test.mean
  const from = depths.find(({ layers }) =>
    depths.filter(other => other.layers >= layers).every(({ row }) => row?.paper.test.mean === last),
  )
  return (
    (from && last !== undefined && from.layers < 8
      ? `From ${from.layers} layers on, the paper’s VAEs of FreyFace all have the same test BCE, ` +
        `${printed(6, last)}, with almost no deviation. `
      : '') +
    'A decoder that gets no information from z can only give the same image for every input, so its loss is ' +
    'the same at every depth. This is what a posterior that has collapsed to the prior looks like. Its signs ' +
    'are a KL near 0 and no active dimension (one whose mu varies over the test images, with a variance ' +
    'above 0.01).'
  )
}

function cold(depths: readonly Depth[]): string {
  const ran = depths.filter(depth => depth.cold)
  if (ran.length === 0) return `Ours with β = 1 from the start: ${NOT_RUN}.`
  const gone = ran.filter(depth => collapsed(depth.cold)).map(({ layers }) => layers)
  const kept = ran.flatMap(({ layers, cold }) =>
    cold && !collapsed(cold)
      ? [`${layersOf([layers])} (${fixed(cold.activeUnits, 0)} active, KL ${fixed(cold.kl, 2)})`]
      : [],
  )
  return (
    (gone.length === 0
      ? `Do ours collapse? With our recipe and β = 1 from the start, none of the ${ran.length} that ran does`
      : `Do ours collapse? With our recipe and β = 1 from the start, ${gone.length} of ${ran.length} do: ${layersOf(gone)}`) +
    (gone.length > 0 && kept.length > 0 ? `; not ${listed(kept)}.` : '.')
  )
}

/** Whether the paper's own protocol gives the collapse here. */
function protocol(depths: readonly Depth[]): string[] {
  const deep = depths.flatMap(({ layers, row, paper }) =>
    layers > 3 && row && paper ? [{ layers, row, paper }] : [],
  )
  if (deep.length === 0) return []
  const said = deep.map(
    ({ layers, row, paper }) =>
      `the VAE of ${layersOf([layers])} ends at a BCE of ${fixed(paper.bce, 4)} (the paper’s is ${printed(6, row.paper.test.mean)}) with a KL of ` +
      `${fixed(paper.kl, 2)}, on ${plural(paper.n ?? 1, 'fold')}: ${collapsed(paper) ? 'collapsed' : 'not collapsed'}`,
  )
  const same = deep.every(({ paper }) => collapsed(paper))
  return [
    `By the paper’s own protocol, ${said.join('; ')}. ` +
      (same
        ? 'So our code reproduces the collapse under that protocol.'
        : 'So our code does not reproduce the collapse under that protocol, and the paper’s figures of these models are not ' +
          'explained by it. The paper gives no KL and no active dimensions, so the collapse itself is inferred from the equal losses.'),
  ]
}

function warm(depths: readonly Depth[]): string {
  const both = depths.filter(depth => depth.warm && collapsed(depth.cold))
  const ran = depths.filter(depth => depth.warm)
  if (ran.length === 0) return `Our models in the tables: ${NOT_RUN}.`
  const gone = ran.filter(depth => collapsed(depth.warm)).map(({ layers }) => layers)
  const prevented = both.filter(depth => !collapsed(depth.warm)).map(({ layers }) => layers)
  const how =
    'Ours in the tables raise β from 0 to 1 over the first half of the epochs, except where the search found a constant β better. '
  if (gone.length === 0) {
    return `${how}None of the ${ran.length} that ran collapses${prevented.length > 0 ? `: the warm-up prevents it with ${layersOf(prevented)}` : ''}.`
  }
  return (
    `${how}Those with ${layersOf(gone)} collapse ` +
    `nevertheless${prevented.length > 0 ? `; the warm-up prevents it with ${layersOf(prevented)}` : ''}.`
  )
}

function layersOf(layers: readonly number[]): string {
  return `${listed(layers)} ${layers.length === 1 && layers[0] === 1 ? 'layer' : 'layers'}`
}
