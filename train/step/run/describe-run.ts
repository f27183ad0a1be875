import { parameterCount } from '../../../models/architecture.ts'
import type { Configuration } from '../configuration.ts'
import { evaluateHeldOut, type HeldOutSplit } from '../evaluation.ts'
import type { Fold } from '../folds.ts'
import type { ForwardPass } from '../forward.ts'
import type { Images } from '../images.ts'
import type { Parameters } from '../parameters.ts'
import { hashPixels, type IdentifiableData, identifyData, type Sha256 } from './identify-data.ts'
import type { EpochRecord, Run } from './record.ts'
import { weightHash } from './weight-hash.ts'

/** Describes a data set for run.json. */
export function describeData(
  dataset: IdentifiableData & { name: string; classes: string[]; note?: string },
  chosen: Fold,
  sha256: Sha256,
): Run['dataset'] {
  const { name, height, width, classes, test, note = null } = dataset
  return {
    name,
    height,
    width,
    classes,
    trainImages: chosen.train.length,
    validationImages: chosen.validation.length,
    testImages: test.count,
    note,
    sha256: hashPixels(dataset, sha256),
    identity: identifyData(dataset, sha256),
  }
}

/** The record of a run before its first step, or before it is resumed after the epochs of `records`. */
export function beginRun(
  known: Pick<Run, 'dataset' | 'started' | 'commit' | 'versions'> & {
    configuration: Configuration
    records: readonly EpochRecord[]
  },
): Run {
  const { configuration, dataset, started, commit, versions, records } = known
  return {
    configuration,
    dataset,
    started,
    commit,
    parameters: parameterCount(configuration.architecture),
    versions,
    status: 'running',
    error: null,
    epochs: records.length,
    savedEpoch: null,
    seconds: records.reduce((sum, record) => sum + record.seconds, 0),
    weights: null,
    evaluations: [],
  }
}

/** How a run ended. */
export interface EndedRun extends Pick<Run, 'status' | 'epochs' | 'savedEpoch'> {
  configuration: Configuration
  /** The weights that are kept, and a model of them. */
  parameters: Parameters
  model: ForwardPass
  /** Images to evaluate it on. A run that ended within an epoch (`savedEpoch` null) is not evaluated. */
  data: { train: Images; test: Images }
  fold: Fold
  splits?: readonly HeldOutSplit[]
}

/** What a run records at its end. */
export async function endRun(
  ended: EndedRun,
): Promise<Pick<Run, 'status' | 'epochs' | 'savedEpoch' | 'weights' | 'evaluations'>> {
  const { status, epochs, savedEpoch, configuration, parameters, model, data, fold, splits } = ended
  return {
    status,
    epochs,
    savedEpoch,
    weights: await weightHash(configuration.architecture, parameters),
    evaluations:
      savedEpoch === null ? [] : await evaluateHeldOut(model, configuration, data, fold.validation, splits),
  }
}
