/** How much one client may use. */
export interface KeyLimits {
  /** Units a minute. */
  rate?: number
  /** Units a day (UTC). */
  quota?: number
}

/** What one client has used, in the current minute and day (UTC). */
export interface KeyUse {
  /** Minutes and days since 1970. */
  minute: number
  day: number
  usedThisMinute: number
  usedToday: number
}

/** Counts for one client. */
export interface KeyCounter {
  /** Adds the cost if that is within the limits. `use` is the use afterwards; `refused` names the limit that was hit. */
  charge(cost: number, limits: KeyLimits): Promise<{ use: KeyUse; refused?: 'minute' | 'day' }>
}

/** Milliseconds of a minute. */
export const MINUTE = 60_000
/** Milliseconds of a day. */
export const DAY = 86_400_000

const UNUSED: KeyUse = { minute: 0, day: 0, usedThisMinute: 0, usedToday: 0 }

/**
 * Adds a cost to what a client used before, unless that exceeds a limit.
 *
 * @param now milliseconds since 1970
 * @returns the use afterwards, and the limit that refused the cost if one did
 */
export function chargeUse(before: KeyUse = UNUSED, cost: number, { rate, quota }: KeyLimits, now: number) {
  const [minute, day] = [Math.floor(now / MINUTE), Math.floor(now / DAY)]
  const usedThisMinute = before.minute === minute ? before.usedThisMinute : 0
  const usedToday = before.day === day ? before.usedToday : 0
  const use = { minute, day, usedThisMinute, usedToday }
  if (rate !== undefined && usedThisMinute + cost > rate) return { use, refused: 'minute' as const }
  if (quota !== undefined && usedToday + cost > quota) return { use, refused: 'day' as const }
  return { use: { ...use, usedThisMinute: usedThisMinute + cost, usedToday: usedToday + cost } }
}

/** Counters in the memory of this process, by client. @param now milliseconds since 1970, for tests */
export function memoryCounters(now: () => number = Date.now): (client: string) => KeyCounter {
  const uses = new Map<string, KeyUse>()
  return client => ({
    async charge(cost, limits) {
      const charged = chargeUse(uses.get(client), cost, limits, now())
      uses.set(client, charged.use)
      return charged
    },
  })
}
