import type { ChosenRun } from '../../train/fit/choices.ts'
import { fitModel } from '../../train/fit/fit.ts'
import type { Run } from '../../train/step/run/record.ts'

/** Trains a model anew in an empty folder. @returns its run, and its images a second: the median over the epochs */
export async function fitTimed(
  chosen: ChosenRun,
  directory: string,
): Promise<{ run: Run; imagesPerSecond: number }> {
  const speeds: number[] = []
  let last = 0
  const run = await fitModel({
    ...chosen,
    directory,
    resume: false,
    onProgress: ({ imagesPerSecond }) => {
      last = imagesPerSecond
    },
    onEpoch: () => speeds.push(last),
  })
  return { run, imagesPerSecond: median(speeds) }
}

/** The upper median. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
