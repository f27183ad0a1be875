import type { Card } from '../../../models/card.ts'
import { wrongValue } from '../../http/problem.ts'

/** A tensor's metadata: -1 is the open batch size. */
export interface TensorMetadata {
  name: string
  datatype: 'FP32'
  shape: [-1, number]
}

/** A part of a model that can be run by itself. */
export type Part = 'encoder' | 'decoder'

/** Inputs and outputs of a part, as in its ONNX file. */
export function tensorsOf(
  { architecture }: Card,
  part: Part,
): { inputs: TensorMetadata[]; outputs: TensorMetadata[] } {
  const { kind, inputDim, latentDim, classes } = architecture
  const tensor = (name: string, size: number): TensorMetadata => ({
    name,
    datatype: 'FP32',
    shape: [-1, size],
  })
  const y = classes === undefined ? [] : [tensor('y', classes)]
  if (part === 'decoder')
    return { inputs: [tensor('z', latentDim), ...y], outputs: [tensor('xhat', inputDim)] }
  const heads = kind === 'vae' ? ['mu', 'logvar'] : ['z']
  return { inputs: [tensor('x', inputDim), ...y], outputs: heads.map(name => tensor(name, latentDim)) }
}

/** Checks a tensor's shape, [n, size]. @returns n, its number of rows @throws Problem naming the tensor */
export function checkShape(shape: unknown, name: string, { shape: [, size] }: TensorMetadata): number {
  const expected = `[n, ${size}] with n from 1`
  if (!Array.isArray(shape) || shape.length !== 2) throw wrongValue('body', `${name}.shape`, expected, shape)
  const [n, columns] = shape as unknown[]
  const isBatch = typeof n === 'number' && Number.isInteger(n) && n >= 1
  if (isBatch && columns === size) return n
  throw wrongValue('body', `${name}.shape`, expected, `[${shape.join(', ')}]`)
}
