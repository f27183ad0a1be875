import { hasJudge, type Judge, loadJudge } from '../../catalog/judge.ts'
import { type Resource, ready } from '../../catalog/resource.ts'
import type { AppContext } from '../../lab/app-context.ts'

/** The judge's classification of an image. The judge is a classifier that was trained apart from all models. */
export interface Opinion {
  /** Index of the most probable class. */
  class: number
  probability: number
}

/** Classifies images by the judge of their data set, which is fetched when it is first needed. */
export interface JudgeOpinion {
  /**
   * A classification for each image of [n, D_x]; undefined while the judge is loading, and for data sets without one.
   */
  of(dataset: string, xhat: Float32Array): readonly Opinion[] | undefined
  /** The share of the test images that the judge classifies correctly. */
  accuracy(dataset: string): number | undefined
}

/**
 * Creates a judge that fetches classifiers when they are first needed, and renders the page again once one is loaded.
 */
export function createJudgeOpinion(app: AppContext): JudgeOpinion {
  const judges = new Map<string, Resource<Judge>>()
  let last: { xhat: Float32Array; opinions: Opinion[] } | undefined
  function judgeOf(dataset: string): Judge | undefined {
    if (!hasJudge(dataset)) return undefined
    const loading = judges.get(dataset) ?? loadJudge(dataset, app.refresh)
    judges.set(dataset, loading)
    return ready(loading)
  }
  return {
    of(dataset, xhat) {
      const judge = judgeOf(dataset)
      if (!judge) return undefined
      if (last?.xhat !== xhat) {
        const { classes, probabilities } = judge.classify(xhat)
        const opinions = Array.from(classes, (one, i) => ({ class: one, probability: probabilities[i] }))
        last = { xhat, opinions }
      }
      return last.opinions
    },
    accuracy: dataset => judgeOf(dataset)?.accuracy,
  }
}
