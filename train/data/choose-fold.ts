import { type Fold, fold, type Order } from '../step/folds.ts'
import type { Dataset } from './dataset.ts'

/**
 * The images that a run fits, and those it holds out for validation: the data's own validation images if it has some,
 * otherwise a fold.
 *
 * @throws RangeError as `fold` does
 */
export function chooseFold(
  { train, validation }: Pick<Dataset, 'train' | 'validation'>,
  choice: { folds: number; fold: number; foldSeed: number; split: Order },
): Fold {
  if (!validation) return fold(train.count, choice.folds, choice.fold, choice.foldSeed, choice.split)
  const held = new Set(validation)
  const rest = Uint32Array.from({ length: train.count }, (_, i) => i).filter(i => !held.has(i))
  return { train: rest, validation }
}
