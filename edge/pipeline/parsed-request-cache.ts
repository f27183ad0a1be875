import type { Asked } from '../catalog/choose-version.ts'
import type { Job } from './parse-request.ts'

/** GET requests that were understood before, to be answered again without reading and checking them again. */
export interface Plans {
  /** The job of a request, if one that differs in nothing but its seed was understood before. */
  find(asked: Asked): Job | undefined
  /** Remembers a job that anyone who asks for it is to get. */
  keep(asked: Asked, job: Job): void
  clear(): void
}

/** Plans remembered; the longest known are forgotten first. */
const PLANS = 500
/** Characters of a path worth remembering. */
const LENGTH = 500

/** Plans of one process. */
export function planCache(): Plans {
  const held = new Map<string, Job>()
  return {
    find(asked) {
      const { key, seed } = split(asked)
      const job = held.get(key)
      if (!job || seed === undefined) return job
      return seed <= 0xffffffff ? { ...job, query: { ...job.query, seed } } : undefined
    },
    keep(asked, job) {
      const { method, path, accept } = asked
      const everyones = job.reach === 'version' || job.reach === 'address'
      if (method !== 'GET' || !everyones || path.length + accept.length > LENGTH) return
      held.set(split(asked).key, job)
      if (held.size > PLANS) held.delete(held.keys().next().value!)
    },
    clear: () => held.clear(),
  }
}

/** What decides how a request is understood, and the seed, which does not. */
function split({ path, accept }: Asked): { key: string; seed?: number } {
  const match = /[?&]seed=(\d{1,10})(?=&|$)/.exec(path)
  if (!match) return { key: `${path}\n${accept}` }
  const end = match.index + match[0].length
  const start = end - match[1].length
  return { key: `${path.slice(0, start)}\n${path.slice(end)}\n${accept}`, seed: Number(match[1]) }
}
