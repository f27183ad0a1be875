import { parseId } from '../../../models/ids.ts'
import type { Run } from '../../step/run/record.ts'
import { configure } from '../choices.ts'
import { defaultChoices } from '../run-options.ts'

/** The record of a finished run of MNIST with the default settings of a model's id, and invented figures. */
export function finishedRun(id: string): Run {
  const evaluation = {
    images: 10_000,
    latent: 'sampled' as const,
    bce: 0.2,
    mse: 0.1,
    l1: 0.1,
    posterior: { kl: 6, klPerDimension: [3, 3] },
    activeUnits: 2,
  }
  return {
    configuration: configure(parseId(id), { ...defaultChoices(), data: 'mnist' }, { height: 28, width: 28 }),
    dataset: {
      name: 'mnist',
      height: 28,
      width: 28,
      classes: [],
      trainImages: 54_000,
      validationImages: 6000,
      testImages: 10_000,
      note: null,
      sha256: 'a'.repeat(64),
    },
    parameters: 1,
    versions: {},
    status: 'finished',
    error: null,
    epochs: 20,
    savedEpoch: 20,
    seconds: 1,
    weights: 'b'.repeat(64),
    evaluations: [{ split: 'test', ...evaluation }],
  }
}
