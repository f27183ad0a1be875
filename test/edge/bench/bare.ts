import { Hono } from 'hono'

/** Minimal Hono route: the baseline of the benchmark. */
export const bare = new Hono().get('/bare', c => c.text('ok'))

export default bare
