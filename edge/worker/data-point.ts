import { answeredBy } from '../pipeline/answered-by.ts'
import { routeLabel } from '../pipeline/route-label.ts'

/** A data set of Cloudflare's Analytics Engine, as a Worker's binding gives it. */
export interface AnalyticsDataset {
  writeDataPoint(point: DataPoint): void
}

export interface DataPoint {
  indexes: [string]
  blobs: string[]
  doubles: number[]
}

/**
 * An answered request as a data point. `index1` is the version that answered, `id@version` ("" where none did), so that
 * each version is sampled by itself; `blob1` to `blob5` are route, status, id, version and cache; `double1` is
 * milliseconds, of which a Worker's clock sees only those spent waiting.
 *
 * @param target the request's path and query
 */
export function dataPoint(
  target: string,
  status: number,
  headers: { get(name: string): string | null },
  milliseconds: number,
): DataPoint {
  const {
    answered = '',
    model = '',
    version = '',
    cache = 'none',
  } = answeredBy(headers.get('x-model') ?? undefined, headers.get('server-timing') ?? undefined)
  // An index has at most 96 bytes.
  return {
    indexes: [answered.slice(0, 96)],
    blobs: [routeLabel(target), String(status), model, version, cache],
    doubles: [milliseconds],
  }
}
