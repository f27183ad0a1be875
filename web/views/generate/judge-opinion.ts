import { hasJudge, type Judge, loadJudge } from '../../catalog/judge.ts'
import { type Resource, ready } from '../../catalog/resource.ts'
import type { AppContext } from '../../lab/app-context.ts'

/** What the judge reads in an image. */
export interface Opinion {
  /** Index of the likeliest class. */
  class: number
  probability: number
}

/** Opinions of a data set's judge, which is fetched when first asked for. */
export interface JudgeOpinion {
  /** One for each image of [n, D_x]; undefined while the judge is loading and where there is none. */
  of(dataset: string, xhat: Float32Array): readonly Opinion[] | undefined
  /** Share of the test images that the judge reads right. */
  accuracy(dataset: string): number | undefined
}

/** Fetches judges when they are first asked for, and draws the page again when one is there. */
export function createJudgeOpinion(app: AppContext): JudgeOpinion {
  const judges = new Map<string, Resource<Judge>>()
  let last: { xhat: Float32Array; opinions: Opinion[] } | undefined
  function judgeOf(dataset: string): Judge | undefined {
    if (!hasJudge(dataset)) return undefined
    const known = judges.get(dataset) ?? loadJudge(dataset, app.refresh)
    judges.set(dataset, known)
    return ready(known)
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
