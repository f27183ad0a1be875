import type { Figure } from '../../models/paper/figure-list.ts'
import type { State } from '../lab/state/state.ts'

/** The view in which a figure's models can be explored, and its state. */
export interface Playground {
  name: string
  state: Partial<State>
}

/** The view that shows the same as a figure; undefined if the server has none of its models. */
export function playground(figure: Figure, ids: readonly string[]): Playground | undefined {
  const [first, second] = ids
  if (first === undefined) return undefined
  const begin: Partial<State> = { model: first, z: [], hide: [] }
  if (figure.panels.includes('reconstructions')) {
    return { name: 'Reconstruct', state: { ...begin, view: 'reconstruct', among: ids } }
  }
  if (second !== undefined) {
    const by = figure.panels.includes('samples') ? 'seed' : 'point'
    return { name: 'Compare', state: { ...begin, view: 'compare', other: second, by } }
  }
  return { name: 'Explore', state: { ...begin, view: 'explore', axes: '0,1', grid: false } }
}
