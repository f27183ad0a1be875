import { createRng, normals } from '../../random.ts'
import { floatTensor, type Graph, type Node, type Tensor } from '../encode-model.ts'

/** Standard normals, the same for the same label. */
export const randoms = (label: string, n: number) => normals(createRng(1, label), new Float32Array(n))

/** A graph with one input x [batch, features] and outputs by name and width. */
export function graph(
  nodes: Node[],
  initializers: Tensor[],
  outputs: [string, number][],
  features = 6,
): Graph {
  return {
    name: 'test',
    nodes,
    initializers,
    inputs: [{ name: 'x', type: 'float', dims: ['batch', features] }],
    outputs: outputs.map(([name, units]) => ({ name, type: 'float', dims: ['batch', units] })),
  }
}

/** mu = Concat(…joined)·W for the inputs x [batch, 4] and y [batch, 2]. */
export function conditional(joined: string[], product = 'joined'): Graph {
  return {
    name: 'test',
    nodes: [
      { op: 'Concat', inputs: joined, outputs: ['joined'], attributes: { axis: { int: -1 } } },
      { op: 'MatMul', inputs: [product, 'w'], outputs: ['mu'] },
    ],
    initializers: [floatTensor('w', [6, 3], randoms('w', 18))],
    inputs: [
      { name: 'x', type: 'float', dims: ['batch', 4] },
      { name: 'y', type: 'float', dims: ['batch', 2] },
    ],
    outputs: [{ name: 'mu', type: 'float', dims: ['batch', 3] }],
  }
}
