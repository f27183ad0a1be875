import { render } from 'lit'
import { firstModel } from '../models/default-model.ts'
import { openCatalog } from './catalog/catalog.ts'
import { ready } from './catalog/resource.ts'
import { openEdge } from './engines/edge.ts'
import { openEngines } from './engines/engines.ts'
import { openOrt } from './engines/ort.ts'
import type { AppContext, CreateView, View } from './lab/app-context.ts'
import { type Frame, shell, TITLES } from './lab/shell.ts'
import { readState, type View as ViewName, writeState } from './lab/state.ts'
import { onThemeChange } from './plot/theme.ts'
import { createExplore } from './views/explore.ts'

/** The first view comes with the page, the others when they are first opened. */
const VIEWS: Record<ViewName, () => Promise<CreateView>> = {
  explore: async () => createExplore,
  sample: async () => (await import('./views/sample.ts')).createSample,
  interpolate: async () => (await import('./views/interpolate.ts')).createInterpolate,
  reconstruct: async () => (await import('./views/reconstruct.ts')).createReconstruct,
  compare: async () => (await import('./views/compare.ts')).createCompare,
  train: async () => (await import('./views/train.ts')).createTrain,
  paper: async () => (await import('./views/paper.ts')).createPaper,
}

const root = document.getElementById('page') as HTMLElement
let state = readState(location.search)
let shown: { name: ViewName; view?: View; failure?: string } | undefined
let messages: string[] = []
let spoken = ''
let queued = false
let urlTimer: ReturnType<typeof setTimeout> | undefined
let sayTimer: ReturnType<typeof setTimeout> | undefined

const app: AppContext = {
  get state() {
    return state
  },
  catalog: openCatalog(state.api, refresh),
  engines: openEngines(
    async name => (name === 'edge' ? openEdge(state.api) : openOrt(name as 'wasm' | 'webgpu')),
    refresh,
    tell,
  ),
  set(patch, how) {
    state = { ...state, ...patch }
    writeUrl(how)
    if (patch.engine) app.engines.choose(patch.engine)
    refresh()
  },
  refresh,
  say(text) {
    clearTimeout(sayTimer)
    sayTimer = setTimeout(() => {
      spoken = text
      refresh()
    }, 500)
  },
  tell,
  model() {
    const id = state.model || firstModel(ready(app.catalog.list) ?? [])?.id
    return id ? app.catalog.model(id) : undefined
  },
}

function tell(message: string): void {
  if (!messages.includes(message)) messages = [...messages, message].slice(-3)
  refresh()
}

function refresh(): void {
  if (queued) return
  queued = true
  requestAnimationFrame(() => {
    queued = false
    draw()
  })
}

/** Browsers allow few changes of the URL a second, so those of a drag are written when it rests. */
function writeUrl(how?: 'push'): void {
  clearTimeout(urlTimer)
  const write = () => {
    const url = location.pathname + writeState(state)
    if (url === location.pathname + location.search) return
    if (how === 'push') history.pushState(null, '', url)
    else history.replaceState(null, '', url)
  }
  if (how === 'push') write()
  else urlTimer = setTimeout(write, 200)
}

function draw(): void {
  document.title = `${TITLES[state.view]} · latent-edge`
  const moved = shown?.name !== state.view
  if (moved) openView(state.view)
  const frame: Frame = {
    body: shown?.view?.render(),
    failure: shown?.failure,
    messages,
    spoken,
    dismiss(message) {
      messages = messages.filter(one => one !== message)
      refresh()
    },
  }
  render(shell(app, frame), root)
  if (moved) root.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
}

function openView(name: ViewName): void {
  shown?.view?.close?.()
  const opened: typeof shown = { name }
  shown = opened
  VIEWS[name]().then(
    create => {
      if (shown === opened) opened.view = create(app)
      refresh()
    },
    (error: unknown) => {
      console.error(error)
      opened.failure = 'This part of the page could not be fetched. Is the server still there?'
      refresh()
    },
  )
}

addEventListener('popstate', () => {
  state = readState(location.search)
  app.engines.choose(state.engine)
  refresh()
})
onThemeChange(refresh)
app.engines.choose(state.engine)
draw()
