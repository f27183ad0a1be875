import { defineFromServer } from './define-element.ts'

/* The script that a server offers as embed/latent-interpolation.js. */
defineFromServer(import.meta.url)

export { LatentInterpolation } from './element.ts'
