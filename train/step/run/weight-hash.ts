import type { Architecture } from '../../../models/card.ts'
import { bytesOf } from '../../../models/files/bytes.ts'
import { sha256 } from '../../../models/files/sha256.ts'
import { type Parameters, parameterShapes } from '../parameters.ts'

/** SHA-256 over a model's parameters in the order of `parameterShapes`, as hex digits. */
export function weightHash(architecture: Architecture, parameters: Parameters): Promise<string> {
  return sha256(...parameterShapes(architecture).map(({ name }) => bytesOf(parameters[name])))
}
