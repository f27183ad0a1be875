import { activationOperators } from './activations.ts'
import { arithmeticOperators } from './arithmetic.ts'
import { blockOperators } from './blocks.ts'
import { channelOperators } from './channels.ts'
import { convolutionOperators } from './convolution.ts'
import { detectionOperators } from './detection.ts'
import { fillOperators } from './fill.ts'
import { functionOperators } from './functions.ts'
import { gatherOperators } from './gather.ts'
import { imageOperators } from './image.ts'
import { joinOperators } from './join.ts'
import { matrixOperators } from './matrices.ts'
import type { Operators } from './operation.ts'
import { padOperators } from './pad.ts'
import { poolOperators } from './pool.ts'
import { reductionOperators } from './reduction.ts'
import { selectOperators } from './select.ts'
import { shapeOperators } from './shape.ts'
import { sliceOperators } from './slice.ts'
import { spectralOperators } from './spectral.ts'
import { transposedOperators } from './transposed-convolution.ts'

/** Every operator that is converted on its own, by TensorFlow's name. Control flow is in control-flow/. */
export const OPERATORS: Operators = {
  ...activationOperators,
  ...blockOperators,
  ...fillOperators,
  ...joinOperators,
  ...padOperators,
  ...arithmeticOperators,
  ...channelOperators,
  ...convolutionOperators,
  ...detectionOperators,
  ...functionOperators,
  ...gatherOperators,
  ...imageOperators,
  ...matrixOperators,
  ...poolOperators,
  ...reductionOperators,
  ...selectOperators,
  ...shapeOperators,
  ...sliceOperators,
  ...spectralOperators,
  ...transposedOperators,
}

/** Operators of TF.js that do not convert, and why. */
export const UNCONVERTED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'StringToHashBucketFast',
      'StringNGrams',
      'StringSplit',
      'StaticRegexReplace',
      'SparseReshape',
      'SparseFillEmptyRows',
      'SparseSegmentMean',
      'SparseSegmentSum',
    ].map(op => [
      op,
      op.startsWith('Sparse') ? 'sparse tensors are not supported' : 'strings are not supported',
    ]),
  ),
  HashTable: 'tables that are filled when a model is loaded have no place in a graph',
  HashTableV2: 'tables that are filled when a model is loaded have no place in a graph',
  LookupTableFindV2: 'tables that are filled when a model is loaded have no place in a graph',
  RandomUniform: 'draws anew at each prediction',
  RandomStandardNormal: 'draws anew at each prediction',
  RandomUniformInt: 'draws anew at each prediction',
  TruncatedNormal: 'draws anew at each prediction',
  Multinomial: 'draws anew at each prediction',
  LRN: 'local response normalization is not supported',
}
