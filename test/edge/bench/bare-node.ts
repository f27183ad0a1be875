import { serve } from '@hono/node-server'
import { bare } from './bare.ts'

serve({ fetch: bare.fetch, hostname: '127.0.0.1', port: Number(process.argv[2]) }, ({ port }) =>
  console.log(`at http://127.0.0.1:${port} (docs)`),
)
