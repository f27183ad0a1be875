import { loadDataset } from '../../train/data/load-dataset.ts'
import { openOnnxEngine } from '../../train/engines/onnx-engine.ts'
import { fold } from '../../train/step/folds.ts'
import { initialState } from '../../train/step/state.ts'
import { takeEpoch } from '../../train/step/take-epoch.ts'
import { configurationOf } from '../../web/train/configuration-of.ts'
import { parseRecipe } from '../../web/train/recipe.ts'

/** The losses of all steps of a recipe on MNIST in onnxruntime-node, one number a step, in nats an image. */
export async function nativeLosses(text: string, device: 'cpu' | 'webgpu' = 'cpu'): Promise<number[]> {
  const recipe = parseRecipe(text)
  const { train, height, width } = await loadDataset('mnist', { images: recipe.images })
  const size = { name: 'mnist', height, width, images: train.count, classes: 10 }
  const configuration = configurationOf(recipe, size)
  const { folds, fold: index, foldSeed } = configuration.data
  const indices = fold(train.count, folds, index, foldSeed).train
  const engine = await openOnnxEngine(configuration, initialState(configuration), { device })
  const losses: number[] = []
  const recorded = {
    ...engine,
    async run(steps: Parameters<typeof engine.run>[0]) {
      const result = await engine.run(steps)
      losses.push(...result.loss)
      return result
    },
  }
  for (let epoch = 0; epoch < recipe.epochs; epoch++) {
    await takeEpoch({
      configuration,
      engine: recorded,
      images: { ...train, height, width },
      indices,
      epoch,
      seconds: 1,
      now: () => performance.now(),
    })
  }
  await engine.close()
  return losses
}
