import { z } from 'zod'

/**
 * A list of finite numbers. Checked by one loop: zod's own takes about a microsecond a number, and the cards of a zoo
 * have 200,000.
 */
export const Numbers = z
  .custom<number[]>(value => Array.isArray(value) && value.every(Number.isFinite), {
    error: 'expected a list of finite numbers',
  })
  .meta({ type: 'array', items: { type: 'number' } })
