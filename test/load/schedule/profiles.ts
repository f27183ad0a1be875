/** A stretch of time at one rate of arrivals. */
export interface Stage {
  seconds: number
  /** Arrivals a second. */
  rate: number
}

/** Rates over time. The warm-up has the rate of the first stage and is not counted. */
export interface Profile {
  summary: string
  warmup: number
  stages: readonly Stage[]
}

/** Sized for a machine with 2 cores that generator and server share. */
export const PROFILES = {
  smoke: {
    summary: '15 s at 10/s: does every kind of request work',
    warmup: 2,
    stages: [{ seconds: 15, rate: 10 }],
  },
  steady: {
    summary: 'a minute at 40/s: quantiles under usual load',
    warmup: 5,
    stages: [{ seconds: 60, rate: 40 }],
  },
  spike: {
    summary: 'five times the load for 10 s, and the recovery from it',
    warmup: 5,
    stages: [
      { seconds: 15, rate: 20 },
      { seconds: 10, rate: 100 },
      { seconds: 25, rate: 20 },
    ],
  },
  soak: {
    summary: 'half an hour at 20/s: leaks and slow decay',
    warmup: 10,
    stages: [{ seconds: 1800, rate: 20 }],
  },
} as const satisfies Record<string, Profile>

/** The name of a profile. */
export type ProfileName = keyof typeof PROFILES

/** Limits of one generator. */
export const LIMITS = { rate: 5_000, requests: 1_000_000 } as const

/**
 * The profile at `factor` times its rates, its stages stretched to `length` seconds in all, its warm-up no longer.
 *
 * @param generators how many share it
 * @throws RangeError beyond LIMITS for each of them
 */
export function scaleProfile(
  profile: Profile,
  factor: number,
  length = secondsOf(profile),
  generators = 1,
): Profile {
  const stretch = length / secondsOf(profile)
  const stages = profile.stages.map(({ seconds, rate }) => ({
    seconds: seconds * stretch,
    rate: rate * factor,
  }))
  const most = Math.max(...stages.map(stage => stage.rate))
  if (!(most <= LIMITS.rate * generators)) {
    throw new RangeError(`expected at most ${LIMITS.rate * generators} arrivals a second, got ${most}`)
  }
  const requests = stages.reduce((sum, { seconds, rate }) => sum + seconds * rate, 0)
  if (requests > LIMITS.requests * generators) {
    throw new RangeError(
      `expected at most ${LIMITS.requests * generators} requests in a run, got ${Math.round(requests)}`,
    )
  }
  return { ...profile, warmup: Math.min(profile.warmup, length), stages }
}

/** Seconds that are counted. */
export function secondsOf(profile: Profile): number {
  return profile.stages.reduce((sum, stage) => sum + stage.seconds, 0)
}
