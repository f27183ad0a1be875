import { render } from 'lit'
import type { Card } from '../models/card.ts'
import { cardTitle, modelTitle } from '../models/model-title.ts'
import { type Listed, LOCAL_PREFIX, openCatalog } from './catalog/catalog.ts'
import { ready } from './catalog/resource.ts'
import { createTestImages } from './catalog/test-images.ts'
import { openEdge } from './engines/edge.ts'
import { openEngines } from './engines/engines.ts'
import { openOrt } from './engines/ort.ts'
import type { AppContext, CreateView, View } from './lab/app-context.ts'
import { preventOpeningDroppedFiles } from './lab/dropped-pictures.ts'
import { listenForEscape } from './lab/shell/presentation.ts'
import { shell, TITLES } from './lab/shell/shell.ts'
import { readState, unreadable, type View as ViewName } from './lab/state/state.ts'
import { roundPoint } from './lab/state/state-codecs.ts'
import { createUrlHistory } from './lab/state/url-history.ts'
import { onThemeChange, readTheme, type Theme } from './plot/theme.ts'
import type { TrainingSession } from './train/session/session.ts'
import { createExplore } from './views/explore.ts'

/** The views. The first one's script is part of the page's; the others are fetched when they are first opened. */
const VIEWS: Record<ViewName, () => Promise<CreateView>> = {
  explore: async () => createExplore,
  sample: async () => (await import('./views/sample.ts')).createSample,
  styles: async () => (await import('./views/styles.ts')).createStyles,
  interpolate: async () => (await import('./views/interpolate.ts')).createInterpolate,
  reconstruct: async () => (await import('./views/reconstruct.ts')).createReconstruct,
  compare: async () => (await import('./views/compare.ts')).createCompare,
  train: async () => {
    const { createTrain, openTraining } = await import('./views/train.ts')
    training ??= openTraining(app)
    const session = training
    return context => createTrain(context, session)
  },
  paper: async () => (await import('./views/paper.ts')).createPaper,
}

/** Views of several models, or of none. */
const MANY_MODELS: readonly ViewName[] = ['reconstruct', 'compare', 'train', 'paper']

const root = document.getElementById('page') as HTMLElement
const urls = createUrlHistory()
let arrival = root.querySelector('img') ?? undefined
root.replaceChildren()
let state = readState(location.search)
let shown: { name: ViewName; view?: View; failure?: string } | undefined
/** Opened when the Train view is first opened, until the page is left: training continues behind other views. */
let training: TrainingSession | undefined
let theme: Theme | undefined
let messages: string[] = []
let spoken = ''
let queued = false
let localModelsListed = false
/** Whether the address has no field left that may not fit the models. */
let isAddressChecked = !/[?&](other|among|z|y|from|x)=/.test(location.search)
let sayTimer: ReturnType<typeof setTimeout> | undefined

const app: AppContext = {
  get state() {
    return state
  },
  get arrival() {
    return arrival
  },
  get theme() {
    theme ??= readTheme()
    return theme
  },
  catalog: openCatalog(state.api, refresh),
  testImages: createTestImages(refresh),
  engines: openEngines(
    async name => (name === 'edge' ? openEdge(state.api) : openOrt(name as 'wasm' | 'webgpu')),
    refresh,
    tell,
  ),
  set(patch, how) {
    state = { ...state, ...patch }
    // What is shown is what the link to it will show.
    if (patch.z) state.z = roundPoint(patch.z)
    arrival = undefined
    urls.write(state, how)
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
    const id = state.model || app.catalog.defaultModel()?.id
    // While the models of this browser are being listed, the server is not asked for one of them.
    const pending = id?.startsWith(LOCAL_PREFIX) && !localModelsListed
    return id && !pending ? app.catalog.model(id) : undefined
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

function draw(): void {
  replaceUnknownModel()
  const [list, card] = [ready(app.catalog.list), ready(app.model()?.card)]
  if (!isAddressChecked && localModelsListed && list && card) void replaceUnfit(list, card)
  const moved = shown?.name !== state.view
  if (moved) openView(state.view)
  document.documentElement.classList.toggle('present', state.present)
  const body = shown?.view?.render()
  document.title = title()
  const page = shell(app, {
    body,
    failure: shown?.failure,
    reload,
    messages,
    spoken,
    dismiss(message) {
      messages = messages.filter(one => one !== message)
      refresh()
    },
  })
  render(page, root)
  if (moved) root.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
}

/** What the view shows, of which model, for the browser's history and bookmarks. */
function title(): string {
  const card = MANY_MODELS.includes(state.view) ? undefined : ready(app.model()?.card)
  const what = shown?.view?.title?.() ?? TITLES[state.view]
  return [what, ...(card ? [cardTitle(card)] : []), 'latent-edge'].join(' · ')
}

/** Replaces a model that neither the server nor this browser has by the default one, and tells the visitor. */
function replaceUnknownModel(): void {
  if (!localModelsListed) return
  const list = ready(app.catalog.list)
  const unknown = state.model !== '' && !list?.some(({ id, available }) => available && id === state.model)
  if (!list || !unknown || app.catalog.model(state.model).card.state.status !== 'failed') return
  const first = app.catalog.defaultModel()
  if (!first) return
  const wanted = state.model
  app.set({ model: '', z: [], hide: [] })
  tell(`This server has no model “${wanted}”. This is its default model, ${modelTitle(first)}.`)
}

/** Replaces, once, what the address says and the models do not have, and tells the visitor. */
async function replaceUnfit(list: readonly Listed[], card: Card): Promise<void> {
  isAddressChecked = true
  // It is not needed for the first picture.
  const { findUnfit } = await import('./lab/replace-unfit.ts')
  const { patch, sentences } = findUnfit(state, card, list)
  if (sentences.length > 0) app.set(patch)
  sentences.forEach(tell)
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
      opened.failure =
        'This part of the page could not be fetched: the server does not answer, or it has a newer page. Reload to continue from here.'
      refresh()
    },
  )
}

/**
 * Loads the page again from its address, which holds the state: a script whose fetch failed cannot be imported again,
 * and after a deployment it has another name. While the server does not reply, the page stays as it is.
 */
async function reload(): Promise<void> {
  urls.flush()
  const page = await fetch(location.href, { cache: 'no-store' }).catch(() => undefined)
  if (!page?.ok) return tell('The server does not answer yet.')
  await refetchScripts()
  location.reload()
}

/** WebKit remembers beyond a reload that a script could not be fetched, until it is fetched without its cache. */
async function refetchScripts(): Promise<void> {
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel=modulepreload]')]
  await Promise.allSettled(links.map(({ href }) => fetch(href, { cache: 'reload' })))
}

addEventListener('online', () => {
  if (shown?.failure) void reload()
})
addEventListener('popstate', () => {
  state = readState(location.search)
  arrival = undefined
  app.engines.choose(state.engine)
  refresh()
})
onThemeChange(() => {
  theme = undefined
  refresh()
})
preventOpeningDroppedFiles()
listenForEscape(app)
app.engines.choose(state.engine)
for (const field of unreadable(location.search)) {
  tell(`The address has ${field}, which is not a valid value. The default is used instead.`)
}
draw()
/** Lists the models of this browser; most visitors have none, and need no code for them. */
async function listLocalModels(): Promise<void> {
  const databases = await indexedDB.databases?.()
  if (databases && !databases.some(({ name }) => name === 'latent-edge-models')) return
  const { restoreLocalModels } = await import('./train/keep/local-models.ts')
  await restoreLocalModels(app.catalog)
}

// After the first picture.
listLocalModels()
  .catch(() => {})
  .finally(() => {
    localModelsListed = true
    refresh()
  })
