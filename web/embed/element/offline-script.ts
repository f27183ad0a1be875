import { createEmbeddedFiles, type EmbeddedModel } from '../images/embedded-files.ts'
import { defineElement } from './define-element.ts'
import { createElementContext } from './element.ts'
import { createServerList } from './server-list.ts'

declare global {
  /** The models that a page or a script embeds, set before this script runs. */
  var latentInterpolationModels: readonly EmbeddedModel[] | undefined
}

/* The script of pages that embed their models: no element asks a server. */
const files = createEmbeddedFiles(globalThis.latentInterpolationModels ?? [])
defineElement(createElementContext(createServerList(), files), 'embedded:')
