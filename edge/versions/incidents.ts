import type { Incident } from '../platform.ts'

/** What is wrong at present, by the name of the version, channel or bucket that it concerns. */
export interface Incidents {
  /** Sets what is wrong with something; `undefined` if nothing is (any more). Only changes are logged. */
  report(name: string, reason: string | undefined): void
  /** Drops the incidents of names that `isRelevant` rejects. */
  retain(isRelevant: (name: string) => boolean): void
  reasonOf(name: string): string | undefined
  list(): Incident[]
}

/** An empty list of incidents. */
export function openIncidents(log: (message: string) => void): Incidents {
  const open = new Map<string, string>()
  return {
    report(name, reason) {
      if (open.get(name) === reason) return
      if (reason === undefined) open.delete(name)
      else open.set(name, reason)
      log(`${name}: ${reason ?? 'resolved'}`)
    },
    retain(isRelevant) {
      for (const name of open.keys()) if (!isRelevant(name)) open.delete(name)
    },
    reasonOf: name => open.get(name),
    list: () => Array.from(open, ([name, reason]) => ({ name, reason })),
  }
}
