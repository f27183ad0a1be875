/** A stretch of time at one rate of arrivals. */
export interface Stage {
  seconds: number
  /** Arrivals a second. */
  rate: number
}

/** How much is asked for, and when. The warm-up arrives at the rate of the first stage and is not counted. */
export interface Profile {
  summary: string
  warmup: number
  stages: readonly Stage[]
}

/** Sized for a machine of 2 cores that client and server share. */
export const PROFILES = {
  smoke: {
    summary: 'a quick look: does every kind of request work',
    warmup: 2,
    stages: [{ seconds: 15, rate: 10 }],
  },
  steady: {
    summary: 'a usual hour in a minute: what the quantiles are',
    warmup: 5,
    stages: [{ seconds: 60, rate: 40 }],
  },
  spike: {
    summary: 'a link that spreads: five times the load for 10 s, and how long until all is as before',
    warmup: 5,
    stages: [
      { seconds: 15, rate: 20 },
      { seconds: 10, rate: 100 },
      { seconds: 25, rate: 20 },
    ],
  },
  soak: {
    summary: 'half an hour of the usual load: leaks and slow decay',
    warmup: 10,
    stages: [{ seconds: 1800, rate: 20 }],
  },
} as const satisfies Record<string, Profile>
export type ProfileName = keyof typeof PROFILES

/** What one run may ask for at most. */
export const LIMITS = { rate: 5_000, requests: 1_000_000 } as const

/**
 * The profile at `factor` times its rates, its stages stretched to `length` seconds in all, its warm-up no longer.
 *
 * @throws RangeError beyond LIMITS
 */
export function scaleProfile(profile: Profile, factor: number, length = secondsOf(profile)): Profile {
  const stretch = length / secondsOf(profile)
  const stages = profile.stages.map(({ seconds, rate }) => ({
    seconds: seconds * stretch,
    rate: rate * factor,
  }))
  const most = Math.max(...stages.map(stage => stage.rate))
  if (!(most <= LIMITS.rate)) {
    throw new RangeError(`expected at most ${LIMITS.rate} arrivals a second, got ${most}`)
  }
  const requests = stages.reduce((sum, { seconds, rate }) => sum + seconds * rate, 0)
  if (requests > LIMITS.requests) {
    throw new RangeError(`expected at most ${LIMITS.requests} requests in a run, got ${Math.round(requests)}`)
  }
  return { ...profile, warmup: Math.min(profile.warmup, length), stages }
}

/** Seconds that are counted. */
export function secondsOf(profile: Profile): number {
  return profile.stages.reduce((sum, stage) => sum + stage.seconds, 0)
}
