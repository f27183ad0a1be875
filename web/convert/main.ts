import { render } from 'lit'
import { hasFiles, preventOpeningDroppedFiles } from '../lab/dropped-pictures.ts'
import { droppedFiles } from '../lab/picked-files.ts'
import type { Actions } from './actions.ts'
import { openConverter } from './converter.ts'
import type { Report } from './messages.ts'
import { page } from './page.ts'
import {
  type CheckState,
  convertOptions,
  fileName,
  initialState,
  type PageState,
  sizesOf,
  toleranceOf,
} from './state.ts'

const root = document.getElementById('convert') as HTMLElement
let state: PageState = initialState()
let dragging = 0

const converter = openConverter(report)

const actions: Actions = {
  take(picked) {
    if (picked.length === 0) return
    const files = new Map(picked.map(({ path, file }) => [path, file]))
    // Missing weights are added to the model; any other file starts a new conversion.
    const replaces = [...files.keys()].some(path => !isWeightFile(path)) || state.result !== undefined
    const all = replaces ? files : new Map([...state.files, ...files])
    set({ files: all, models: [], model: undefined })
    convert()
  },
  choose(model) {
    set({ model })
    convert()
  },
  setOptions(options) {
    set({ options: { ...state.options, ...options } })
    if (state.files.size > 0) convert()
  },
  setCheck(check) {
    const { result } = state
    if (result) set({ result: { ...result, check: { ...result.check, verdict: undefined, ...check } } })
  },
  check() {
    const { result, options } = state
    if (!result) return
    const { check } = result
    actions.setCheck({ verdict: undefined })
    set({ progress: 'Starting the check' })
    converter.ask({
      type: 'check',
      tolerance: toleranceOf(check, options.precision),
      allowRounding: check.tolerance.trim() === '',
      sizes: sizesOf(check),
      samples: check.samples,
    })
  },
  cancel() {
    converter.cancel()
    // The converted model was in the worker's memory, which is gone: it can no longer be checked.
    forgetResult()
    set({ progress: undefined, problem: 'Cancelled. Change an option or choose the files again to go on.' })
  },
  clear() {
    converter.cancel()
    forgetResult()
    const { options } = state
    state = { ...initialState(), options }
    draw()
  },
}

const isWeightFile = (path: string) =>
  /(\.bin|\.dat|\.gz|shard\d+of\d+)$/i.test(path) && !/\.json\.gz$/i.test(path)

function convert(): void {
  forgetResult()
  set({ problem: undefined, progress: 'Starting' })
  const { files, model, options } = state
  converter.ask({ type: 'convert', files, ...(model && { model }), options: convertOptions(options) })
}

function forgetResult(): void {
  if (state.result) URL.revokeObjectURL(state.result.url)
  state = { ...state, result: undefined }
}

function report(message: Report): void {
  set({ progress: message.type === 'progress' ? message.text : undefined })
  if (message.type === 'progress') return
  if (message.type === 'models') set({ models: message.models })
  else if (message.type === 'converted') {
    const { model, file } = message
    const url = URL.createObjectURL(file.blob)
    const check: CheckState = { sizes: {}, tolerance: '', samples: [] }
    set({ result: { model, file, url, name: fileName(model, state.files), check } })
  } else if (message.type === 'checked') {
    const lines = message.differences.map(
      ({ runtime, maxAbs, maxRel }) =>
        `${runtime}: differs from TF.js by at most ${maxAbs.toExponential(1)}, or ${maxRel.toExponential(1)} of ` +
        'the largest output',
    )
    const [{ rounding } = {}] = message.differences
    if (rounding !== undefined) {
      lines.push(
        `TF.js’s own outputs change by ${rounding.toExponential(1)} when its inputs change by one rounding`,
      )
    }
    actions.setCheck({ verdict: { kind: 'same', lines } })
  } else if (message.type === 'differs') {
    actions.setCheck({ verdict: { kind: 'differs', message: message.message } })
  } else if (state.result) actions.setCheck({ verdict: { kind: 'unchecked', message: message.message } })
  else set({ problem: message.message })
}

function set(patch: Partial<PageState>): void {
  state = { ...state, ...patch }
  draw()
}

function draw(): void {
  render(page(state, actions), root)
}

/** Files may be dropped anywhere on the page. */
function listenForDrops(): void {
  const mark = (by: number) => {
    dragging = Math.max(0, dragging + by)
    document.body.classList.toggle('dragging', dragging > 0)
  }
  window.addEventListener('dragenter', event => hasFiles(event) && mark(1))
  window.addEventListener('dragleave', event => hasFiles(event) && mark(-1))
  window.addEventListener('drop', event => {
    if (!hasFiles(event) || !event.dataTransfer) return
    mark(-dragging)
    droppedFiles(event.dataTransfer).then(actions.take, (error: unknown) =>
      set({
        problem:
          `The dropped files cannot be read (${error instanceof Error ? error.message : error}). Choose ` +
          'them with “Choose files” instead.',
      }),
    )
  })
}

preventOpeningDroppedFiles()
listenForDrops()
draw()
