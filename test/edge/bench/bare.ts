import { Hono } from 'hono'

/** The least a Hono route can do: what the others are measured against. */
export const bare = new Hono().get('/bare', c => c.text('ok'))

export default bare
