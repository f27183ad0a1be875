/** Prints the judge's figures of the first 5,000 test images of MNIST against the last 5,000, for judge_figures.py. */
import { toIntensities } from '../../models/images/grey.ts'
import { loadDataset } from '../../train/data/load-dataset.ts'
import { precisionRecall } from '../../train/evaluate/precision-recall.ts'
import { fitGaussian, frechetDistance } from '../../train/judge/frechet.ts'
import { readJudge } from '../../train/judge/judge-files.ts'
import { openClassifier } from '../../train/judge/open-classifier.ts'

const { test } = await loadDataset('mnist')
const { card, classifier: bytes } = await readJudge('mnist')
const classifier = await openClassifier(bytes)
const { features } = await classifier.classify(toIntensities(test.pixels), test.count)
await classifier.close()
const d = card.architecture.features
const half = (test.count / 2) * d
const [first, last] = [features.subarray(0, half), features.subarray(half)]
const vectors = (data: Float32Array) => ({ data, count: test.count / 2, dimensions: d })
console.log(
  JSON.stringify({
    frechet: frechetDistance(fitGaussian(first, d), fitGaussian(last, d)),
    ...(await precisionRecall(vectors(last), vectors(first))),
  }),
)
