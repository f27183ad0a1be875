import { enableCompileCache } from 'node:module'
import path from 'node:path'

// Compiled scripts, TypeScript without its types included, are kept for the next start, which then takes half the
// processor time. Where the folder cannot be written to, everything is compiled each time.
enableCompileCache(path.join(import.meta.dirname, '../../node_modules/.cache/latent-edge'))
await import('./serve-command.ts')
