import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { sha256 } from '../../models/files/sha256.ts'
import { JudgeCard } from '../../models/judge-card.ts'

/** The folder of judges; each has one of its own, named after its data set. */
export const JUDGES = 'models/judges'

/** A judge's card and its ONNX file. */
export interface JudgeFiles {
  card: JudgeCard
  classifier: Uint8Array
}

/**
 * Reads a data set's judge.
 *
 * @throws Error when there is none, or the classifier is not the one that its card describes
 */
export async function readJudge(dataset: string, folder = JUDGES): Promise<JudgeFiles> {
  const path = join(folder, dataset, 'card.json')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new Error(
      `${path}: expected the judge of ${dataset}, found none; train one with: npm run judge:train -- ${dataset}`,
    )
  })
  const { data: card, error } = JudgeCard.safeParse(JSON.parse(text))
  if (!card)
    throw new Error(
      `${path}: not a judge's card: ${error.issues[0].path.join('.')}: ${error.issues[0].message}`,
    )
  const file = join(folder, dataset, 'classifier.onnx')
  const classifier = await readFile(file)
  const got = await sha256(classifier)
  if (got !== card.file.sha256)
    throw new Error(`${file}: expected SHA-256 ${card.file.sha256}, as its card says, got ${got}`)
  return { card, classifier }
}

/** Writes a judge, its card last. */
export async function writeJudge({ card, classifier }: JudgeFiles, folder = JUDGES): Promise<void> {
  const own = join(folder, card.dataset.name)
  await mkdir(own, { recursive: true })
  await writeAtomic(join(own, 'classifier.onnx'), classifier)
  await writeAtomic(join(own, 'card.json'), `${JSON.stringify(card, null, 2)}\n`)
}
