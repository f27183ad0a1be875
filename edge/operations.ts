import type { Operation } from './operation.ts'
import { sample } from './sample.ts'

/** Everything that can be asked of a model, in the order of the documentation. */
export const OPERATIONS: readonly Operation[] = [sample]
