import { setTimeout as sleep } from 'node:timers/promises'
import { openQueue, type Queue } from './queue.ts'

/** How long a worker that is started waits for Postgres. */
const PATIENCE_MS = 60_000

/** Opens the queue for a worker, which may be started with the machine before Postgres is. */
export async function waitForQueue(url: string, say: (line: string) => void): Promise<Queue> {
  const began = performance.now()
  for (let attempt = 0; ; attempt++) {
    try {
      return await openQueue(url, () => {})
    } catch (error) {
      if (!isAway(error) || performance.now() - began > PATIENCE_MS) throw error
      if (attempt === 0) say(`${(error as Error).message}; trying again for a minute`)
      await sleep(2000)
    }
  }
}

/** Whether a database is not there now, rather than another one or one that refuses the user. */
function isAway(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: string; message?: string } }
  // Of Postgres: 57P03 is starting up, 57P01 and 57P02 are shutting down. node-postgres states timeouts in words.
  return (
    /^(ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|57P0)/.test(cause?.code ?? '') ||
    /timeout|terminated/i.test(cause?.message ?? '')
  )
}

/** Does something with a queue and closes it. */
export async function withQueue<T>(
  url: string,
  use: (queue: Queue) => Promise<T>,
  open = (at: string) => openQueue(at, () => {}),
): Promise<T> {
  const queue = await open(url)
  try {
    return await use(queue)
  } finally {
    await queue.close().catch(() => {})
  }
}
