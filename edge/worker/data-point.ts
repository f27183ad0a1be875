import { answeredBy } from '../pipeline/answered-by.ts'
import { routeLabel } from '../pipeline/route-label.ts'

/** A data set of Cloudflare's Analytics Engine, as a Worker's binding gives it. */
export interface AnalyticsDataset {
  writeDataPoint(point: DataPoint): void
}

/** A data point as Analytics Engine takes it: an index to sample by, up to 20 texts and 20 numbers. */
export interface DataPoint {
  indexes: [string]
  blobs: string[]
  doubles: number[]
}

/**
 * An answered request as a data point. `index1` is the version that answered, `id@version` ("" where none did), because
 * Analytics Engine samples each index separately. `blob1` to `blob5` are route, status, id, version and cache. `double1`
 * is the time in milliseconds; on Cloudflare only time spent waiting, since the clock stands still during computation.
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
