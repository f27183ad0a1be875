import type { Difference } from '../../export/convert/check/parity.ts'
import type { ConvertOptions } from '../../export/convert/to-onnx/convert-options.ts'
import type { Value } from '../../models/onnx/encode-model.ts'

/** Options that can be sent to a worker: all but conversions of custom layers. */
export type PageOptions = Omit<ConvertOptions, 'layers'>

/** What the page asks of the worker that converts. */
export type Command =
  | {
      type: 'convert'
      files: ReadonlyMap<string, File>
      /** Path of the model.json to convert; needed where the files have several. */
      model?: string
      options: PageOptions
    }
  /** Compares the file that was converted last with TF.js. */
  | {
      type: 'check'
      tolerance: number
      /** Whether the tolerance is the default one; see `CheckOptions`. */
      allowRounding: boolean
      sizes: Readonly<Record<string, number>>
      /** Real inputs for the first input: one .npy file, or PNG images. */
      samples: readonly File[]
    }

/** What the worker tells the page. */
export type Report =
  | { type: 'progress'; text: string }
  /** There are several models: one is to be chosen. */
  | { type: 'models'; models: readonly string[] }
  | { type: 'converted'; model: string; file: ConvertedFile }
  | { type: 'checked'; differences: readonly Difference[] }
  /** The file's outputs differ from TF.js: it must not be used. */
  | { type: 'differs'; message: string }
  | { type: 'failed'; message: string }

/** A converted model as the page shows it. */
export interface ConvertedFile {
  /** The file; a blob crosses from the worker to the page without a copy. */
  blob: Blob
  format: 'layers-model' | 'graph-model'
  inputs: readonly Value[]
  outputs: readonly Value[]
}
