import { DATASETS } from '../../models/model-title.ts'
import type { Listed } from './catalog.ts'

type Groupable = Pick<Listed, 'id' | 'dataset' | 'title'>

/**
 * Groups models by data set, well-known sets first. In a group, the best model of the data set comes first, then the
 * others by id, in which numbers are ordered by size (z8 before z64). Models of unknown data come last, with those of
 * this browser first.
 */
export function groupModels<T extends Groupable>(models: readonly T[]): { title: string; models: T[] }[] {
  const here = models.filter(({ title }) => title !== undefined)
  if (here.length > 0) {
    const others = models.filter(({ title }) => title === undefined)
    return [{ title: 'In this browser', models: here }, ...groupModels(others)]
  }
  const known = Object.keys(DATASETS)
  const place = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length + (name ? 0 : 1))
  const names = [...new Set(models.map(({ dataset }) => dataset ?? ''))]
  const byPlace = names.sort((a, b) => place(a) - place(b) || a.localeCompare(b, 'en'))
  return byPlace.map(name => ({
    title: DATASETS[name] ?? (name || 'Others'),
    models: models.filter(({ dataset }) => (dataset ?? '') === name).sort(compare),
  }))
}

function compare(a: Groupable, b: Groupable): number {
  const isBest = ({ id }: Groupable) => Number(id.endsWith('-best'))
  return isBest(b) - isBest(a) || a.id.localeCompare(b.id, 'en', { numeric: true })
}
