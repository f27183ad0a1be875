/// <reference lib="webworker" />
import { ParityError } from '../../export/convert/check/parity.ts'
import { isGraphModel, type ModelFiles, readModelFiles } from '../../export/convert/files/artifacts.ts'
import { ConversionError } from '../../export/convert/graph/conversion-error.ts'
import { convertModelFiles } from '../../export/convert/to-onnx/convert-model.ts'
import type { Converted } from '../../export/convert/to-onnx/convert-options.ts'
import { findModels, folderLocation, openFiles } from './find-model.ts'
import type { Command, Report } from './messages.ts'

/* Converts, and checks, what the page asks for. All files stay in this browser. */

let last: { files: ModelFiles; converted: Converted } | undefined

const report = (message: Report) => self.postMessage(message)
const progress = (text: string) => report({ type: 'progress', text })

async function convert({ files, model, options }: Extract<Command, { type: 'convert' }>): Promise<void> {
  last = undefined
  progress('Reading the files')
  const folder = await openFiles(files)
  const models = model === undefined ? await findModels(folder) : [model]
  if (models.length > 1) return report({ type: 'models', models })
  const location = folderLocation(folder, models[0], path => progress(`Reading ${path}`))
  const read = await readModelFiles(location)
  progress('Converting')
  const converted = convertModelFiles(read, options)
  last = { files: read, converted }
  const { inputs, outputs } = converted
  const blob = new Blob(converted.parts as Uint8Array<ArrayBuffer>[], { type: 'application/octet-stream' })
  const format = isGraphModel(read.modelTopology) ? 'graph-model' : 'layers-model'
  report({ type: 'converted', model: models[0], file: { blob, format, inputs, outputs } })
}

async function check(command: Extract<Command, { type: 'check' }>): Promise<void> {
  if (!last) throw new ConversionError('there is no converted model to check')
  progress('Loading TF.js and ONNX Runtime')
  const { checkInBrowser } = await import('./check.ts')
  progress('Comparing ONNX Runtime with TF.js')
  report({ type: 'checked', differences: await checkInBrowser(last.files, last.converted, command) })
}

self.addEventListener('message', ({ data }: MessageEvent<Command>) => {
  const done = data.type === 'convert' ? convert(data) : check(data)
  done.catch((error: unknown) => {
    if (error instanceof ParityError) return report({ type: 'differs', message: error.message })
    const message = error instanceof Error ? error.message : String(error)
    report({
      type: 'failed',
      message: error instanceof ConversionError ? message : `${message.split('\n')[0]} (unexpected)`,
    })
  })
})
