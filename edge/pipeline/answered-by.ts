/** The model and the cache that answered a request, as the reply's headers state them. */
export interface AnsweredBy {
  /** `id@version`, and its two parts; undefined where no model answered. */
  answered: string | undefined
  model: string | undefined
  version: string | undefined
  /** Where the reply came from, if it was kept. */
  cache: 'memory' | 'shared' | undefined
}

const CACHE = 'cache;desc="'

/**
 * Reads the model, the version and the cache that answered.
 *
 * @param model the header X-Model
 * @param timing the header Server-Timing, which begins with the cache if there was one
 */
export function answeredBy(model: string | undefined, timing: string | undefined): AnsweredBy {
  const [id, version] = model?.split('@', 2) ?? []
  const cache = timing?.startsWith(CACHE)
    ? timing.slice(CACHE.length, timing.indexOf('"', CACHE.length))
    : undefined
  return { answered: model, model: id, version, cache: cache as AnsweredBy['cache'] }
}
