import { fillOperators } from './arrays/fill.ts'
import { gatherOperators } from './arrays/gather.ts'
import { joinOperators } from './arrays/join.ts'
import { matrixOperators } from './arrays/matrices.ts'
import { padOperators } from './arrays/pad.ts'
import { reductionOperators } from './arrays/reduction.ts'
import { shapeOperators } from './arrays/shape.ts'
import { sliceOperators } from './arrays/slice.ts'
import { spectralOperators } from './arrays/spectral.ts'
import { activationOperators } from './elementwise/activations.ts'
import { arithmeticOperators } from './elementwise/arithmetic.ts'
import { functionOperators } from './elementwise/functions.ts'
import { selectOperators } from './elementwise/select.ts'
import { blockOperators } from './images/blocks.ts'
import { channelOperators } from './images/channels.ts'
import { convolutionOperators } from './images/convolution.ts'
import { detectionOperators } from './images/detection.ts'
import { poolOperators } from './images/pool.ts'
import { resizeOperators } from './images/resize.ts'
import { transposedOperators } from './images/transposed-convolution.ts'
import type { Operators } from './operation.ts'

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
  ...resizeOperators,
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
  RandomUniform: 'random numbers at each prediction are not supported',
  RandomStandardNormal: 'random numbers at each prediction are not supported',
  RandomUniformInt: 'random numbers at each prediction are not supported',
  TruncatedNormal: 'random numbers at each prediction are not supported',
  Multinomial: 'random numbers at each prediction are not supported',
  LRN: 'local response normalization is not supported',
}
