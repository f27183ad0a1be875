import type { Command } from 'commander'
import type { Card } from '../../models/card.ts'
import type { JudgeVersion, MeasureVersion } from './pass-gate.ts'
import type { Bucket } from './stores/bucket.ts'
import type { WatchOptions } from './watch.ts'

/** The output of a command: its results, and its errors. */
export interface Output {
  print(line: string): void
  printError(line: string): void
}

/** Options that all commands of the registry have. */
export interface Options {
  target?: string
}

/** The context in which the commands of a program are defined. */
export interface CommandContext {
  print: Output['print']
  testData: TestData | undefined
  /** Makes the command end with exit code 1; it continues until then. */
  fail(): void
  /** Adds a command that works on the target's bucket; --target may stand before it or after. */
  command(usage: string, summary: string): Command
  withBucket<T>(options: Options, work: (bucket: Bucket) => Promise<T>): Promise<T>
}

/** Functions of the commands that need the images. */
export interface TestData {
  measure: MeasureVersion
  judgeSamples: JudgeVersion
  /** Puts the test images that lie beside a model into the bucket, where there are any. */
  pushTestImages(bucket: Bucket, folder: string, card: Card): Promise<boolean>
  /** The test images that a card names; undefined where there are none. */
  testImages: NonNullable<WatchOptions['testImages']>
}
