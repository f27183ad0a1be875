import type { Curves } from '../../models/paper/report.ts'
import { load, type Resource } from '../catalog/resource.ts'

const FILES = import.meta.glob<string>('../../models/paper/curves.json', {
  query: '?url',
  import: 'default',
  eager: true,
})

/**
 * The loss curves of the committed results, fetched at the first call.
 *
 * @param onChange called as they arrive
 */
export function createLossCurves(onChange: () => void): () => Resource<Curves> {
  let curves: Resource<Curves> | undefined
  return () => (curves ??= load(fetchCurves, onChange))
}

async function fetchCurves(): Promise<Curves> {
  const [url] = Object.values(FILES)
  if (!url) return {}
  const response = await fetch(url).catch(() => undefined)
  if (!response) throw new Error('The loss curves could not be fetched: the server does not answer.')
  if (!response.ok) throw new Error(`The loss curves could not be fetched: status ${response.status}.`)
  return response.json() as Promise<Curves>
}
