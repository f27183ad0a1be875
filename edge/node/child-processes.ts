import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Ids of this process's children with a program's name. Empty where the system has no /proc. */
export function childrenNamed(name: string): number[] {
  let ids: string[]
  try {
    ids = readdirSync('/proc').filter(entry => /^\d+$/.test(entry))
  } catch {
    return []
  }
  return ids.filter(id => isChild(id, name)).map(Number)
}

function isChild(id: string, name: string): boolean {
  try {
    // proc(5): id (name) state parent …
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8')
    const end = stat.lastIndexOf(')')
    const parent = stat.slice(end + 2).split(' ')[1]
    return parent === String(process.pid) && stat.slice(stat.indexOf('(') + 1, end) === name
  } catch {
    return false
  }
}

/** Sends SIGTERM to a process and waits up to `grace` milliseconds for its end. */
export async function endProcess(id: number, grace: number): Promise<void> {
  const end = performance.now() + grace
  try {
    process.kill(id, 'SIGTERM')
    while (performance.now() < end) {
      await sleep(20)
      process.kill(id, 0)
    }
  } catch {
    // It has ended.
  }
}
