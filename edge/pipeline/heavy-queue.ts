import type { Client } from '../catalog/choose-version.ts'
import { Problem } from '../http/problem.ts'

/** Lets heavy work begin only when no other is being done, and not for clients that have gone. */
export type Turns = <T>(client: Client, work: () => Promise<T>) => Promise<T>

/** Milliseconds between looks whether one's turn has come: the first, doubled each time, and the most. */
const LOOKS = { first: 2, most: 16 }
/** Milliseconds a client waits for its turn. */
const PATIENCE = 10_000
/** Milliseconds after which work counts as lost with the request it was for. */
const LOST = 5000

/**
 * Turns for one process. Those who wait look by themselves, and nobody wakes them: in a Worker, code stops for good
 * where its client hangs up, and whoever was to be woken by it would wait for ever. Of a client that closes its
 * connection in order, workerd hears nothing before it writes: such work is done for nobody, until patience ends.
 *
 * @param patience milliseconds, for tests
 */
export function takeTurns(patience = PATIENCE): Turns {
  let began: number | undefined
  let ended = Number.NEGATIVE_INFINITY
  return async (client, work) => {
    const from = performance.now()
    let looked = from
    let pause = LOOKS.first
    // Looks at least once, and again after what was done since: only then has the event loop heard who has gone.
    for (;;) {
      await new Promise(resolve => setTimeout(resolve, pause))
      if (client.gone()) throw new Problem('client-gone', 'Nobody waits for this answer any more.')
      const now = performance.now()
      const free = began === undefined || now - began > LOST
      if (free && looked >= ended) break
      if (now - from > patience) throw busy()
      pause = free ? LOOKS.first : Math.min(2 * pause, LOOKS.most)
      looked = now
    }
    began = performance.now()
    try {
      return await work()
    } finally {
      began = undefined
      ended = performance.now()
    }
  }
}

function busy(): Problem {
  const detail = 'Others are waiting for large answers. Ask for fewer images, or again in 5 s.'
  return new Problem('busy', detail, [], { 'retry-after': '5' })
}
