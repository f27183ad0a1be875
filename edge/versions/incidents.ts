/** What is wrong just now and goes on being so, by what it is wrong with. */
export interface Troubles {
  /** Tells what is wrong with a thing, or that nothing is. Only what is new is logged. */
  tell(name: string, reason: string | undefined): void
  /** Forgets the things that `concerns` says no of. */
  retain(concerns: (name: string) => boolean): void
  reasonOf(name: string): string | undefined
  list(): { name: string; reason: string }[]
}

/** A list of troubles with nothing on it. */
export function openTroubles(log: (message: string) => void): Troubles {
  const known = new Map<string, string>()
  return {
    tell(name, reason) {
      if (known.get(name) === reason) return
      if (reason === undefined) known.delete(name)
      else known.set(name, reason)
      log(`${name}: ${reason ?? 'well again'}`)
    },
    retain(concerns) {
      for (const name of known.keys()) if (!concerns(name)) known.delete(name)
    },
    reasonOf: name => known.get(name),
    list: () => Array.from(known, ([name, reason]) => ({ name, reason })),
  }
}
