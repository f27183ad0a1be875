/** Adds up the time of an answer's steps. On Cloudflare it measures 0, since a Worker's clock only advances with I/O. */
export interface Timer {
  /** Runs a step and adds its time to those of the same name. */
  time<T>(name: string, work: () => T): T
  timeAsync<T>(name: string, work: () => Promise<T>): Promise<T>
  /** The Server-Timing header so far. */
  header(): string
}

/** A timer at 0. */
export function startTimer(): Timer {
  const spent = new Map<string, number>()
  const add = (name: string, from: number) =>
    spent.set(name, (spent.get(name) ?? 0) + performance.now() - from)
  return {
    time(name, work) {
      const from = performance.now()
      const value = work()
      add(name, from)
      return value
    },
    async timeAsync(name, work) {
      const from = performance.now()
      const value = await work()
      add(name, from)
      return value
    },
    header: () => Array.from(spent, ([name, ms]) => `${name};dur=${ms.toFixed(2)}`).join(', '),
  }
}
