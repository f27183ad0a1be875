import type { Curves } from '../../models/paper/report.ts'
import { load, type Resource } from '../catalog/resource.ts'

const FILES = import.meta.glob<string>('../../models/paper/curves.json', {
  query: '?url',
  import: 'default',
  eager: true,
})

let curves: Resource<Curves> | undefined

/** The loss curves of the committed results, fetched when first asked for. @param onChange called as they arrive */
export function lossCurves(onChange: () => void): Resource<Curves> {
  curves ??= load(async () => {
    const [url] = Object.values(FILES)
    if (!url) return {}
    const response = await fetch(url).catch(() => undefined)
    if (!response) throw new Error('The loss curves cannot be had: the server does not answer.')
    if (!response.ok) throw new Error(`The loss curves answered ${response.status}.`)
    return response.json() as Promise<Curves>
  }, onChange)
  return curves
}
