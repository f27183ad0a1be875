import { html, nothing, render, type TemplateResult } from 'lit'
import { unsafeHTML } from 'lit/directives/unsafe-html.js'
import { firstModel } from '../../models/default-model.ts'
import { fetchJson } from '../catalog/api.ts'
import { type Attributes, animationUrl, CODES, frameUrl } from './code.ts'
import { codeBlock } from './copy.ts'
import { type Example, examplesFor } from './examples.ts'
import { createPlayground } from './playground.ts'

/** What the list of models says of each. */
export interface Listed {
  id: string
  available: boolean
  latentDim: number
  classes: string[]
}

/** What a picture is called to those who do not see it, where nothing else says. */
const ALT = 'One image turning into another'

/** The server's address, which the page lies one folder below. */
const HOME = new URL('..', document.baseURI).href
const root = document.getElementById('gallery') as HTMLElement
let models: Listed[] | undefined
let failure: string | undefined
let playground: (() => TemplateResult) | undefined
let examples: Example[] = []
let hero: HTMLElement | undefined

function refresh(): void {
  render(page(), root)
}

function page(): TemplateResult {
  return html`
    <header class="top">
      <a class="brand" href="../">
        <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M1 2.5 8 7v6l-7 4.5zM19 2.5 12 7v6l7 4.5z" /></svg>
        latent-edge
      </a>
      <nav aria-label="On this page"><a href="#examples">Examples</a><a href="#playground">Playground</a><a href="#reference">Reference</a></nav>
    </header>
    <main>
      <section class="intro">
        <div>
          <h1>One image turns into another, on your page</h1>
          <p class="lead">
            Two lines of HTML. The first picture comes from the server at once; as soon as someone moves it, your reader’s
            own browser decodes every image on the way.
          </p>
          ${examples[0] ? codeBlock(CODES.HTML(HOME, examples[0].attributes, '')) : html`<div class="code-wait"></div>`}
        </div>
        ${hero ?? nothing}
      </section>
      ${failure ? html`<p class="message" role="alert">${failure} <button @click=${load}>Try again</button></p>` : ''}
      <section id="examples" aria-labelledby="examples-title">
        <h2 id="examples-title">Examples</h2>
        <div class="examples">${examples.map(showExample)}</div>
      </section>
      <section id="playground" aria-labelledby="playground-title">
        <h2 id="playground-title">Playground</h2>
        ${playground?.() ?? ''}
      </section>
      ${reference()}
    </main>
  `
}

function showExample({ title, says, as, attributes, inner, css }: Example): TemplateResult {
  const code = CODES[as](HOME, attributes, ALT, inner)
  const styled = css ? code.replace('<latent-interpolation', '<latent-interpolation class="mine"') : code
  return html`<article class="example">
    <div class="live">${live(as, attributes, inner, css)}</div>
    <div class="words">
      <h3>${title}</h3>
      <p>${says}</p>
    </div>
    ${codeBlock(css ? `<style>\n${css}\n</style>\n${styled}` : styled)}
  </article>`
}

function live(as: Example['as'], attributes: Attributes, inner: string | undefined, css: string | undefined) {
  if (as === 'img') return html`<img src=${animationUrl(HOME, attributes)} alt=${ALT} loading="lazy" />`
  if (as === 'iframe') {
    return html`<iframe src=${frameUrl(HOME, attributes)} title=${ALT} width="224" height="272" loading="lazy" sandbox="allow-scripts"></iframe>`
  }
  const markup = CODES.HTML('', attributes, ALT, inner).split('\n').slice(1).join('\n')
  // The very markup that is there to copy; it comes from this file's own examples.
  return html`${css ? html`<style>${css}</style>` : ''}${unsafeHTML(css ? markup.replace('<latent-interpolation', '<latent-interpolation class="mine"') : markup)}`
}

const ROWS: readonly (readonly [string, string, string])[] = [
  ['model', '', 'Which model draws: its id, or id@version to keep it as it is today.'],
  ['from, to', '', 'Where the path begins and ends: class:3, class:Sneaker, seed:7 or z:0.5,-1.2.'],
  ['corners', '', 'Instead: four of these with semicolons between them, clockwise from the top left.'],
  ['src', 'the script’s server', 'The server with the models.'],
  ['steps', '17', 'Images on the way, ends included: what a key moves by.'],
  ['path', 'lerp', 'Straight, or slerp: around the prior’s mean.'],
  ['engine', 'auto', 'auto decodes here once someone moves it, local from the start, edge never.'],
  ['autoplay, loop', 'off', 'Plays when it comes into view; there and back, or round and round a square.'],
  ['duration', '2500', 'Milliseconds from one end to the other.'],
  ['controls', 'off', 'A button and a bar below the picture.'],
  ['scale', '8', 'CSS pixels for one pixel of an image.'],
  ['theme', 'auto', 'light or dark; auto goes by your page’s text colour.'],
  ['label', 'from its ends', 'What it is called to those who do not see it.'],
]

function reference(): TemplateResult {
  const row = ([name, initial, says]: (typeof ROWS)[number]) =>
    html`<tr><th scope="row"><code>${name}</code></th><td>${says}</td><td>${initial}</td></tr>`
  return html`<section id="reference" aria-labelledby="reference-title">
    <h2 id="reference-title">Reference</h2>
    <div class="table" tabindex="0" role="region" aria-label="Attributes">
      <table>
        <thead><tr><th>Attribute</th><th>What it does</th><th>Default</th></tr></thead>
        <tbody>${ROWS.map(row)}</tbody>
      </table>
    </div>
    <div class="facts">
      <p><b>Methods</b> <code>play()</code> <code>pause()</code> <code>seek(t, u?)</code> <code>toBlob()</code></p>
      <p><b>Events</b> <code>ready</code> <code>change</code> with t, u and z, <code>error</code> with the attribute to look at</p>
      <p><b>Slots</b> <code>caption</code>, and <code>fallback</code> for what stands there when nothing can be shown</p>
      <p><b>Parts</b> <code>box</code> <code>stage</code> <code>image</code> <code>bar</code> <code>button</code> <code>slider</code> <code>end</code> <code>trace</code> <code>spot</code> <code>caption</code> <code>fallback</code> <code>notice</code></p>
      <p><b>Properties</b> <code>--latent-size</code> <code>--latent-paper</code> <code>--latent-line</code> <code>--latent-accent</code> <code>--latent-focus</code> <code>--latent-radius</code> <code>--latent-gap</code> <code>--latent-rendering</code></p>
      <p><b>Types</b> <a href="latent-interpolation.d.ts">latent-interpolation.d.ts</a></p>
    </div>
  </section>`
}

function createHero(attributes: Attributes): HTMLElement {
  const element = document.createElement('latent-interpolation')
  const all = { ...attributes, autoplay: '', loop: '', scale: '10', duration: '3500' }
  for (const [name, value] of Object.entries(all)) element.setAttribute(name, value)
  return element
}

async function load(): Promise<void> {
  failure = undefined
  try {
    const listed = await fetchJson<{ models: Listed[] }>(`${HOME}v1/models`)
    models = listed.models.filter(model => model.available)
    const favourite = firstModel(models)
    if (!favourite)
      throw new Error('This server has no models yet. Train and export one, and the examples appear.')
    examples = examplesFor(favourite.id, favourite.classes)
    hero ??= createHero(examples[0].attributes)
    playground = createPlayground(HOME, models, favourite, refresh)
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  }
  refresh()
}

refresh()
void load()
