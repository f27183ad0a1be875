import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** Agents as processes of this machine. */
export interface LocalAgents {
  urls: string[]
  processes: ChildProcess[]
  close(): void
}

/**
 * Starts agents in processes of their own, on free ports of 127.0.0.1.
 *
 * @param allowedTarget a host that is not this machine and that they may load
 */
export async function startLocalAgents(count: number, allowedTarget?: string): Promise<LocalAgents> {
  const processes = Array.from({ length: count }, () =>
    fork(new URL('local-agent-process.ts', import.meta.url), allowedTarget ? [allowedTarget] : []),
  )
  const urls = await Promise.all(
    processes.map(async child => {
      const [message] = await Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(([code]) => {
          throw new Error(`a generator process ended with ${code} before it was ready`)
        }),
      ])
      return (message as { url: string }).url
    }),
  )
  return {
    urls,
    processes,
    close: () => {
      for (const child of processes) child.kill()
    },
  }
}
