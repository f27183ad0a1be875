import type { Card } from '../../models/card.ts'
import type { SampleJudgement } from '../../models/judgement.ts'
import type { Channel } from '../../models/registry/channel.ts'
import type { Finding } from '../../models/registry/finding.ts'
import { checkGate } from '../../models/registry/gate.ts'
import type { MeasuredVersion, TestMeasurement } from '../../models/registry/measured-version.ts'
import { type ModelVersion, readCard, readVersion } from '../../models/registry/version.ts'
import { failure } from './failure.ts'
import type { Bucket } from './stores/bucket.ts'

/**
 * Measures a version on the test images that a card names.
 *
 * @returns undefined where there are no test images
 */
export type MeasureVersion = (
  bucket: Bucket,
  version: ModelVersion,
  testsOf: Card,
) => Promise<TestMeasurement | undefined>

/**
 * Judges a version's samples.
 *
 * @returns undefined where its data set has no judge, or its images are not here
 */
export type JudgeVersion = (version: ModelVersion) => Promise<SampleJudgement | undefined>

/** Options of the promotion gate. */
export interface GateOptions {
  id: string
  version: string
  /** Percent a metric may be worse. */
  tolerance?: number
  /** Promote the version although the gate refuses it. */
  force?: boolean
  /** Measures versions on test images; without it the figures of their cards are compared. */
  measure?: MeasureVersion
  /** Judges samples; without it the judgements of cards are compared. */
  judgeSamples?: JudgeVersion
  onFindings?(findings: readonly Finding[], replaced: string | undefined): void
}

/**
 * Judges a version against the stable one and the floor.
 *
 * @returns the findings that `force` overrode
 */
export async function passGate(
  bucket: Bucket,
  { id, version, tolerance, force, onFindings, measure, judgeSamples }: GateOptions,
  channel: Channel | undefined,
): Promise<string[]> {
  const card = (await readCard(bucket, id, version)) as Card
  const replaced = channel && channel.stable !== version ? channel.stable : undefined
  const cards = async (other: string | undefined) =>
    other === undefined ? undefined : readCard(bucket, id, other).catch(() => undefined)
  const [stableCard, floorCard] = [await cards(replaced), await cards(channel?.floor)]
  const testsOf = [card, ...(stableCard && isOtherTestSet(card, stableCard) ? [stableCard] : [])]
  const toMeasuredVersion = async (of: Card): Promise<MeasuredVersion> => {
    if (!measure) return { card: of, measured: [] }
    const whole = await readVersion(bucket, of)
    // Versions of other sizes or classes cannot be run on these images; they are refused as not comparable.
    const fitting = testsOf.filter(tests => isSameShape(of, tests))
    const measured = await Promise.all(fitting.map(tests => measure(bucket, whole, tests)))
    // Judging costs seconds: only where there is a judgement to check or to compare with.
    const isJudged = [card, stableCard].some(one => one?.judgement) && isSameShape(of, card)
    const judged = isJudged ? await judgeSamples?.(whole) : undefined
    return { card: of, measured: measured.filter(one => one !== undefined), ...(judged && { judged }) }
  }
  const candidate = await toMeasuredVersion(card)
  const stable = stableCard && (await toMeasuredVersion(stableCard))
  const floor =
    floorCard && (floorCard.version === stableCard?.version ? stable : await toMeasuredVersion(floorCard))
  const findings = [
    ...requireMeasured(candidate, stable, measure !== undefined),
    ...checkGate(candidate, stable, floor, tolerance),
  ]
  if (replaced !== undefined && !stableCard) {
    const says = `expected the card of ${replaced}, which it would replace, to compare with; it is not in the bucket`
    findings.push({ check: 'comparable', passed: false, says })
  }
  onFindings?.(findings, replaced)
  const failed = findings.filter(({ passed }) => !passed).map(({ check, says }) => `${check}: ${says}`)
  if (failed.length === 0 || force) return failed
  throw failure(
    'gate',
    `${id}@${version} does not pass the gate:\n  ${failed.join('\n  ')}\nNothing was changed. --force promotes it all the same.`,
  )
}

function isSameShape({ dataset: a }: Card, { dataset: b }: Card): boolean {
  return a.height === b.height && a.width === b.width && a.classes.length === b.classes.length
}

function isOtherTestSet(card: Card, stable: Card): boolean {
  const [own, other] = [card.dataset.identity?.test.sha256, stable.dataset.identity?.test.sha256]
  return other !== undefined && own !== other
}

/** A version that says which test images it was measured on has to be measured on them again. */
function requireMeasured(
  candidate: MeasuredVersion,
  stable: MeasuredVersion | undefined,
  canMeasure: boolean,
): Finding[] {
  const { identity } = candidate.card.dataset
  if (!identity && stable?.card.dataset.identity) {
    const says = `expected a card that identifies its data, as that of ${stable.card.version} does, got one that does not`
    return [{ check: 'measured', passed: false, says }]
  }
  if (!identity) return []
  const missing = (says: string): Finding => ({ check: 'measured', passed: false, says })
  if (candidate.measured.length === 0) {
    const where = canMeasure
      ? 'in the bucket: push its folder with test-images.safetensors'
      : 'to measure it on here'
    return [missing(`expected its ${identity.test.images} test images ${where}; found none`)]
  }
  const findings: Finding[] = []
  if (candidate.measured[0].isTrained === undefined) {
    const file = 'push its folder with training-hashes.json'
    findings.push(
      missing(`expected the hashes of its ${identity.train.images} training images in the bucket: ${file}`),
    )
  }
  if (stable && isOtherTestSet(candidate.card, stable.card) && candidate.measured.length < 2) {
    const { version, dataset } = stable.card
    const images = dataset.identity?.test.images
    findings.push(
      missing(
        `expected the ${images} test images of ${version}, which it would replace, in the bucket: push that version's folder again`,
      ),
    )
  }
  return findings
}
