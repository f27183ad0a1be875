import { createHash } from 'node:crypto'
import type { Architecture } from '../../models/card.ts'
import { type Parameters, parameterShapes } from '../step/parameters.ts'

/** SHA-256 over a model's parameters in the order of `parameterShapes`, as hex digits. */
export function weightHash(architecture: Architecture, parameters: Parameters): string {
  const hash = createHash('sha256')
  for (const { name } of parameterShapes(architecture)) hash.update(parameters[name])
  return hash.digest('hex')
}
