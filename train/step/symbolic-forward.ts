import { type DenseShape, decoderLayers, encoderLayers } from '../../models/architecture.ts'
import type { Architecture } from '../../models/card.ts'
import { concat } from './expressions/concat.ts'
import * as e from './expressions/expression.ts'

type Expression = e.Expression

/** Leaves for the tensors of `parameterShapes`, by name. */
export type Leaves = Readonly<Record<string, Expression>>

/** The inputs of a forward pass. */
export interface ForwardInputs {
  /** Images in [0, 1], [batch, D_x]. */
  x: Expression
  /** Class probabilities [batch, classes]; null for a model that is not conditional. */
  y: Expression | null
  /** Standard normals, [batch, D_z] or for L > 1 samples [L, batch, D_z]; null for an AE. */
  eps: Expression | null
}

/** A pass through the whole model, symbolically. */
export interface SymbolicForward {
  /** Posterior mean, [batch, D_z]; for an AE the latent itself. */
  mu: Expression
  /** Log of the posterior variance, [batch, D_z]; null for an AE. */
  logvar: Expression | null
  /** The latent that was decoded: [batch, D_z], or [L, batch, D_z] for L > 1. */
  z: Expression
  /** The decoder's output before its last activation, [batch, D_x] or [L, batch, D_x]. */
  logits: Expression
}

/**
 * Encoder, z = mu + exp(logvar/2)·eps (an AE: its latent), decoder. A conditional model reads y beside x and beside z.
 *
 * @param samples L, the draws that `eps` holds for each image
 */
export function symbolicForward(
  architecture: Architecture,
  leaves: Leaves,
  { x, y, eps }: ForwardInputs,
  samples = 1,
): SymbolicForward {
  const { inputDim, latentDim, kind, classes } = architecture
  const heads = kind === 'vae' ? 2 : 1
  const encoder = encoderLayers(architecture)
  const trunk = hidden(leaves, encoder.slice(0, -heads), y ? concat(x, y) : x)
  const [mu, logvar = null] = encoder.slice(-heads).map(head => dense(leaves, trunk, head))
  const decode = (z: Expression, labels: Expression | null) => {
    const layers = decoderLayers(architecture)
    const features = hidden(leaves, layers.slice(0, -1), labels ? concat(z, labels) : z)
    return dense(leaves, features, layers[layers.length - 1])
  }
  if (!logvar || !eps) return { mu, logvar, z: mu, logits: decode(mu, y) }
  const z = e.add(mu, e.mul(e.exp(e.mul(logvar, e.constant(0.5))), eps))
  if (samples === 1) return { mu, logvar, z, logits: decode(z, y) }
  const drawn = e.reshape(z, ['drawn', latentDim])
  const labels = y && e.reshape(repeat(y, samples), ['drawn', classes!])
  return { mu, logvar, z, logits: e.reshape(decode(drawn, labels), [samples, 'batch', inputDim]) }
}

function dense(leaves: Leaves, input: Expression, { name }: DenseShape): Expression {
  return e.gemm(input, leaves[`${name}/kernel`], { bias: leaves[`${name}/bias`] })
}

function hidden(leaves: Leaves, layers: DenseShape[], input: Expression): Expression {
  return layers.reduce((h, layer) => e.relu(dense(leaves, h, layer)), input)
}

/** `times` copies along a new first axis: [batch, n] to [times, batch, n]. */
function repeat(a: Expression, times: number): Expression {
  const zeros = e.reshape(e.constant(Array<number>(times).fill(0)), [times, 1, 1])
  return e.add(a, zeros)
}

/** The decoder's last activation: images from logits. */
export function symbolicOutput(architecture: Architecture, logits: Expression): Expression {
  if (architecture.output === 'identity') return logits
  return architecture.output === 'sigmoid' ? e.sigmoid(logits) : e.relu(logits)
}
