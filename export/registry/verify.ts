import { liveVersions } from '../../models/registry/channel.ts'
import type { VerificationKey } from '../../models/registry/verification-key.ts'
import { checkVersion } from '../../models/registry/version.ts'
import { listChannels, readChannel } from './channels.ts'
import { listVersions } from './list-versions.ts'
import type { Bucket } from './stores/bucket.ts'

/** The result of `verifyBucket` for one item. */
export interface Verdict {
  /** `id@version`, or the channel of a model. */
  name: string
  /** Empty if there is no fault. */
  faults: string[]
  /** Whether it is a push that was never finished: incomplete, but not damaged. */
  unfinished?: boolean
}

/**
 * Reads everything in a bucket and checks it: channels, cards, the hash of each file, versions that channels name.
 *
 * @param key where it is given, every version must be signed by it
 */
export async function verifyBucket(
  bucket: Bucket,
  key: VerificationKey | undefined,
  onVerdict: (verdict: Verdict) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  const tell = (verdict: Verdict) => {
    verdicts.push(verdict)
    onVerdict(verdict)
  }
  const versions = await listVersions(bucket)
  for (const { id, version, whole } of versions) {
    const name = `${id}@${version}`
    if (!whole) tell({ name, faults: [], unfinished: true })
    else tell({ name, faults: await checkVersion(bucket, id, version, key) })
  }
  for (const id of await listChannels(bucket)) {
    const name = `channel of ${id}`
    try {
      const { channel } = await readChannel(bucket, id)
      const missing = (channel ? liveVersions(channel) : []).filter(
        version => !versions.some(each => each.id === id && each.version === version && each.whole),
      )
      tell({ name, faults: missing.map(version => `names ${version}, which is not there`) })
    } catch (error) {
      tell({ name, faults: [(error as Error).message] })
    }
  }
  return verdicts
}
