import type { JudgeCard } from '../../models/judge-card.ts'
import type { Classifier } from '../../models/onnx/plain-classifier.ts'
import { fetchBytes, fetchJson } from './api.ts'
import { load, type Resource } from './resource.ts'

const FILES = import.meta.glob<string>('../../models/judges/*/*', {
  query: '?url',
  import: 'default',
  eager: true,
})

function urlOf(dataset: string, file: string): string | undefined {
  return FILES[`../../models/judges/${dataset}/${file}`]
}

/** Whether the page has a classifier of that data set. */
export function hasJudge(dataset: string): boolean {
  return urlOf(dataset, 'classifier.onnx') !== undefined
}

/** A classifier that was trained apart from all models, and the share of test images that it classifies correctly. */
export interface Judge {
  classify: Classifier
  accuracy: number
}

/** Starts to fetch the judge of a data set that has one. */
export function loadJudge(dataset: string, onChange: () => void): Resource<Judge> {
  return load(async () => {
    const [{ openClassifier }, card, bytes] = await Promise.all([
      import('../../models/onnx/plain-classifier.ts'),
      fetchJson<JudgeCard>(urlOf(dataset, 'card.json') as string),
      fetchBytes(urlOf(dataset, 'classifier.onnx') as string),
    ])
    return { classify: openClassifier(bytes, card.architecture), accuracy: card.test.accuracy }
  }, onChange)
}
