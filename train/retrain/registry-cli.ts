import { runCommand } from '../../export/registry/commands.ts'
import { createVersionJudge } from './judge-version.ts'
import { findTestImages, measureOnTests } from './measure-version.ts'
import { pushTestImages } from './push-test-images.ts'

// Here and not in export/: the gate measures versions on test images, which only train/ can read.
process.exitCode = await runCommand(
  process.argv.slice(2),
  { print: console.log, printError: console.error },
  {
    measure: measureOnTests,
    judgeSamples: createVersionJudge(),
    pushTestImages,
    testImages: async (bucket, card) => (await findTestImages(bucket, card))?.images,
  },
)
