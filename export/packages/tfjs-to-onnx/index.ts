import { locate } from '../../convert/node/disk-location.ts'
import type { Converted, ConvertOptions } from '../../convert/to-onnx/convert-options.ts'
import { type AnyModel, convertModel as convertInBrowser } from './browser.ts'

/** The same in Node, where a string may also be a path. */
export const convertModel = (model: AnyModel, options: ConvertOptions = {}): Promise<Converted> =>
  convertInBrowser(typeof model === 'string' || model instanceof URL ? locate(model) : model, options)

export * from './browser.ts'
