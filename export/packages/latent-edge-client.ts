import path from 'node:path'
import { bundle, bundleTypes } from './bundle.ts'
import type { PackageDefinition } from './package-definition.ts'

const ENTRY = { index: 'edge/client/index.ts' }

/** The npm package with the typed client of the API. */
export const latentEdgeClient: PackageDefinition = {
  name: 'latent-edge-client',
  description: 'Typed client of a latent-edge server: images from the latent space of autoencoders.',
  keywords: ['autoencoder', 'vae', 'latent-space', 'mnist', 'client'],
  folder: 'latent-edge-client',
  manifest: {
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    types: './dist/index.d.ts',
    sideEffects: false,
  },
  budgets: { 'dist/index.js': 6000 },
  async build(out) {
    const dist = path.join(out, 'dist')
    await bundle({ entries: ENTRY, out: dist })
    await bundleTypes({ 'index.d': ENTRY.index }, 'edge', dist)
  },
}
