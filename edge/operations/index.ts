import { decode } from './decode.ts'
import { encode } from './encode.ts'
import { grid } from './grid.ts'
import { interpolate } from './interpolate.ts'
import { latents } from './latents.ts'
import type { Operation } from './operation.ts'
import { reconstruct } from './reconstruct.ts'
import { sample } from './sample.ts'
import { write } from './write.ts'

/** All operations, in the order of the documentation. */
export const OPERATIONS: readonly Operation[] = [
  sample,
  write,
  interpolate,
  grid,
  decode,
  reconstruct,
  encode,
  latents,
]
