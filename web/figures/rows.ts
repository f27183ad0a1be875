import type { Figure, Panel as Kind } from '../../models/paper/figure-list.ts'
import type { AppContext } from '../lab/app-context.ts'
import { identify, labels } from './model-labels.ts'
import { createLatent } from './panels/latent-panel.ts'
import { createLosses } from './panels/losses-panel.ts'
import { createMarginals } from './panels/marginals-panel.ts'
import type { FigureShared, Panel, PanelOptions } from './panels/panel.ts'
import { createReconstructions } from './panels/reconstructions-panel.ts'
import { createGrid, createSamples, RANGE, SIDE } from './panels/sheet-panels.ts'

/** Panels of a figure that are next to each other. */
export interface Row {
  /** The row's title; undefined if each panel has its own. */
  title: string | undefined
  panels: Panel[]
  /** Whether the row is a single panel over the figure's whole width. */
  wide: boolean
}

/** The title of a panel that is the only one of its kind. */
function titleOf(kind: Kind, ids: readonly string[]): string {
  if (kind === 'latent') return 'Test images in the plane'
  if (kind === 'marginals') return 'Marginals and the prior'
  if (kind === 'grid') return `Grid over ±${RANGE}σ of the prior`
  if (kind === 'reconstructions') return 'Test images and their reconstructions'
  if (kind === 'losses') return 'Loss over the epochs'
  return ids.every(id => id.startsWith('frey'))
    ? 'A draw from the prior'
    : `${SIDE * SIDE} draws from the prior`
}

/**
 * The rows of a figure: for one model all panels in a row, for several models a row for each kind of panel. Models that
 * are not in `present`
 * are left out, except in loss curves, which come from committed results.
 *
 * @param seed of the draws
 */
export function rowsOf(
  app: AppContext,
  shared: FigureShared,
  figure: Figure,
  present: ReadonlySet<string>,
  seed: () => number,
): Row[] {
  const { models, curves = models } = figure
  const single = models.length === 1
  const modelLabels = labels(models)
  const curveLabels = labels(curves)
  const nameOf = (kind: Kind, id: string): string => {
    const names = kind === 'losses' ? curveLabels : modelLabels
    if (names.size === 1) return titleOf(kind, [id])
    return single ? `Loss: ${names.get(id)}` : (names.get(id) as string)
  }
  const make = (kind: Kind, id: string): Panel => {
    const prior = figure.panels.includes('samples') || identify(id)?.kind === 'vae'
    const options: PanelOptions = { app, shared, id, title: nameOf(kind, id), prior }
    if (kind === 'latent') return createLatent(options)
    if (kind === 'marginals') return createMarginals(options)
    if (kind === 'grid') return createGrid(options)
    if (kind === 'samples') return createSamples(options, seed)
    return createLosses(options)
  }
  const rows = figure.panels.map((kind): Row => {
    const ids = kind === 'losses' ? curves : models.filter(id => present.has(id))
    if (kind === 'reconstructions') {
      return {
        title: titleOf(kind, ids),
        panels: ids.length > 0 ? [createReconstructions(app, shared.queue, models, ids)] : [],
        wide: true,
      }
    }
    return { title: titleOf(kind, ids), panels: ids.map(id => make(kind, id)), wide: false }
  })
  const filled = rows.filter(row => row.panels.length > 0)
  if (!single) return filled.length > 1 ? filled : filled.map(row => ({ ...row, title: undefined }))
  return [{ title: undefined, panels: filled.flatMap(row => row.panels), wide: filled.some(row => row.wide) }]
}
