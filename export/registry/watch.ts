import { setTimeout } from 'node:timers/promises'
import type { Card } from '../../models/card.ts'
import {
  addPair,
  concludeTrial,
  startTrial,
  Trial,
  type TrialVerdict,
} from '../../models/registry/canary-trial.ts'
import { type Channel, leaveUndecided, promote, rollBack } from '../../models/registry/channel.ts'
import { trialKey } from '../../models/registry/keys.ts'
import { readCard } from '../../models/registry/version.ts'
import { listChannels, readChannel, writeChannel } from './channels.ts'
import { type ProbeOptions, probePair } from './probe.ts'
import type { Bucket } from './stores/bucket.ts'

/** Options of a watcher of canaries. */
export interface WatchOptions {
  /** The server whose answers are compared, without a path. */
  server: string
  /** Pairs of requests a second. */
  rate: number
  /** Pairs after which a trial without a verdict ends undecided. */
  mostPairs: number
  by: string
  signal: AbortSignal
  /** The test images that a card names; undefined where there are none. */
  testImages?(bucket: Bucket, card: Card): Promise<ProbeOptions['images']>
  say(line: string): void
}

/** Pairs between two writes of a trial, after which a watcher that was ended loses nothing before. */
const SAVE_EVERY = 25
/** Pairs that are not counted: they load the versions. */
const WARM_UP = 3

/**
 * Tries out every canary that was started with `auto`, one after the other, until each has a verdict: it is promoted,
 * rolled back, or left undecided, with the reason in the channel's history. The state of a trial is kept in the bucket;
 * a watcher that is ended is followed by another where it was.
 *
 * @returns how many trials came to a verdict
 */
export async function watchCanaries(bucket: Bucket, options: WatchOptions): Promise<number> {
  let verdicts = 0
  for (const id of await listChannels(bucket)) {
    if (options.signal.aborted) break
    const { channel } = await readChannel(bucket, id)
    if (channel?.canary?.auto && (await tryCanary(bucket, channel, options))) verdicts++
  }
  return verdicts
}

/** @returns whether it came to a verdict; not where the channel was changed meanwhile, or the watcher ended */
async function tryCanary(bucket: Bucket, channel: Channel, options: WatchOptions): Promise<boolean> {
  const { id, stable } = channel
  const canary = channel.canary!.version
  const card = await readCard(bucket, id, stable)
  if (!card) throw new Error(`${id}@${stable} is not in ${bucket.name}`)
  const images = await options.testImages?.(bucket, card)
  const probe = { server: options.server, card, stable, canary, images, signal: options.signal }
  let trial = await readTrial(bucket, id, stable, canary)
  const from = trial.pairs > 0 ? `, from pair ${trial.pairs}` : ''
  options.say(`${id}: ${canary} beside ${stable}${images ? `, on ${images.count} test images` : ''}${from}`)
  for (let i = 0; i < WARM_UP && !options.signal.aborted; i++)
    await probePair(probe, i).catch(ignoreAbort(options))
  while (!options.signal.aborted) {
    const begun = performance.now()
    const pair = await probePair(probe, trial.pairs).catch(ignoreAbort(options))
    if (!pair) break
    trial = addPair(trial, pair)
    const verdict = concludeTrial(trial, options.mostPairs)
    if (verdict) return writeVerdict(bucket, trial, verdict, options)
    if (trial.pairs % SAVE_EVERY === 0) {
      await saveTrial(bucket, trial)
      if (!(await isStillOn(bucket, trial))) {
        options.say(`${id}: the channel was changed by someone else; this trial is over`)
        return false
      }
    }
    await pause(1000 / options.rate - (performance.now() - begun), options.signal)
  }
  await saveTrial(bucket, trial)
  return false
}

/** Writes the verdict into the channel, if it still is the one that was tried. */
async function writeVerdict(
  bucket: Bucket,
  trial: Trial,
  { verdict, reason }: TrialVerdict,
  { by, say }: WatchOptions,
): Promise<boolean> {
  const read = await readChannel(bucket, trial.id)
  if (!read.channel || !isTrialOf(trial, read.channel)) {
    say(`${trial.id}: the channel was changed by someone else; the verdict is dropped: ${verdict}, ${reason}`)
    return false
  }
  const change = { at: new Date().toISOString(), by, reason }
  const next = {
    promote: () => promote(read.channel, trial.id, trial.canary, change),
    rollback: () => rollBack(read.channel as Channel, change) as Channel,
    undecided: () => leaveUndecided(read.channel as Channel, change),
  }[verdict]()
  await writeChannel(bucket, read, next)
  await bucket.remove(trialKey(trial.id))
  say(`${trial.id}: ${verdict} ${trial.canary}: ${reason}`)
  return true
}

async function readTrial(bucket: Bucket, id: string, stable: string, canary: string): Promise<Trial> {
  const stored = await bucket.get(trialKey(id))
  if (stored) {
    const { data } = Trial.safeParse(JSON.parse(new TextDecoder().decode(stored.bytes)))
    if (data?.stable === stable && data.canary === canary) return data
  }
  return startTrial(id, stable, canary, new Date().toISOString())
}

async function saveTrial(bucket: Bucket, trial: Trial): Promise<void> {
  await bucket.put(trialKey(trial.id), new TextEncoder().encode(`${JSON.stringify(trial)}\n`))
}

async function isStillOn(bucket: Bucket, trial: Trial): Promise<boolean> {
  const { channel } = await readChannel(bucket, trial.id)
  return channel !== undefined && isTrialOf(trial, channel)
}

function isTrialOf(trial: Trial, { stable, canary }: Channel): boolean {
  return stable === trial.stable && canary?.version === trial.canary && canary.auto === true
}

function ignoreAbort({ signal }: WatchOptions) {
  return (error: unknown) => {
    if (!signal.aborted) throw error
    return undefined
  }
}

/** Waits, or until the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(Math.max(0, milliseconds), undefined, { signal }).catch(() => {})
}
