import { createEmbeddedFiles, type EmbeddedModel } from '../images/embedded-files.ts'
import { defineElement } from './define-element.ts'
import { createElementContext } from './element.ts'
import { createServerList } from './server-list.ts'

declare global {
  /** The models that a page or a script embeds; they are set before this script runs. */
  var latentInterpolationModels: readonly EmbeddedModel[] | undefined
}

/* The script for pages that embed their models: the elements use no server. */
const files = createEmbeddedFiles(globalThis.latentInterpolationModels ?? [])
defineElement(createElementContext(createServerList(), files), 'embedded:')
