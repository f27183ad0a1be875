import { html, nothing, render, type TemplateResult } from 'lit'
import { unsafeHTML } from 'lit/directives/unsafe-html.js'
import { brand } from '../../styles/brand.ts'
import { codeBlock } from './code-block.ts'
import { type Example, examplesFor } from './examples.ts'
import { fetchModels } from './model-list.ts'
import { createPlayground } from './playground.ts'
import { referenceSection } from './reference.ts'
import { type Attributes, animationUrl, frameUrl, SNIPPETS } from './snippets.ts'

/** The `alt` or `title` of examples without a name of their own. */
const TITLE = 'One image turning into another'

/** What the gallery shows once the list of models is loaded. */
interface Content {
  examples: Example[]
  hero: HTMLElement
  playground: () => TemplateResult
}

/**
 * Shows the gallery: examples with their code, a playground and a reference.
 *
 * @param home base URL of the server, with a slash at its end
 */
function startGallery(root: HTMLElement, home: string): void {
  let content: Content | undefined
  let error: string | undefined
  /** The server's picture of the hero's start, until the hero shows its own. */
  let arrival = root.querySelector('img') ?? undefined
  root.replaceChildren()

  const update = () => render(page(home, { content, arrival, error, retry: load }), root)

  async function load(): Promise<void> {
    error = undefined
    try {
      const { models, exampleModel } = await fetchModels(home)
      const examples = examplesFor(exampleModel.id, exampleModel.classes)
      content = {
        examples,
        hero: createHero(examples[0].attributes, () => {
          arrival = undefined
          update()
        }),
        playground: createPlayground(home, models, exampleModel, update),
      }
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown)
    }
    update()
  }

  update()
  void load()
}

/** What the gallery shows at the moment. */
interface Shown {
  content: Content | undefined
  arrival: Element | undefined
  error: string | undefined
  retry: () => void
}

function page(home: string, { content, arrival, error, retry }: Shown): TemplateResult {
  return html`
    <header class="top">
      <a class="brand" href="../">
        ${brand}
      </a>
      <nav aria-label="On this page"><a href="#examples">Examples</a><a href="#playground">Playground</a><a href="#reference">Reference</a></nav>
    </header>
    <main>
      <section class="intro">
        <div>
          <h1>One image turns into another, on your page</h1>
          <p class="lead">
            Two lines of HTML. The first image comes from the server; once a reader moves it, their browser decodes every
            image in between.
          </p>
          ${content ? codeBlock(SNIPPETS.HTML(home, content.examples[0].attributes, '')) : html`<div class="code-wait"></div>`}
        </div>
        <div class="hero">${content?.hero ?? nothing} ${arrival ?? nothing}</div>
      </section>
      ${error ? html`<p class="message" role="alert">${error} <button @click=${retry}>Try again</button></p>` : nothing}
      <section id="examples" aria-labelledby="examples-title">
        <h2 id="examples-title">Examples</h2>
        <div class="examples">${content?.examples.map(example => exampleCard(home, example)) ?? nothing}</div>
      </section>
      <section id="playground" aria-labelledby="playground-title">
        <h2 id="playground-title">Playground</h2>
        ${content?.playground() ?? nothing}
      </section>
      ${referenceSection()}
    </main>
  `
}

function exampleCard(home: string, example: Example): TemplateResult {
  const { title, description, snippet, attributes, content, css } = example
  const code = addClass(SNIPPETS[snippet](home, attributes, TITLE, content), css)
  return html`<article class="example">
    <div class="live">${liveExample(home, example)}</div>
    <div class="words">
      <h3>${title}</h3>
      <p>${description}</p>
    </div>
    ${codeBlock(css ? `<style>\n${css}\n</style>\n${code}` : code)}
  </article>`
}

function liveExample(home: string, { snippet, attributes, content, css }: Example): TemplateResult {
  if (snippet === 'img') {
    return html`<img src=${animationUrl(home, attributes)} alt=${TITLE} width="224" height="224" loading="lazy" />`
  }
  if (snippet === 'iframe') {
    return html`<iframe src=${frameUrl(home, attributes)} title=${TITLE} width="224" height="272" loading="lazy" sandbox="allow-scripts"></iframe>`
  }
  // The code to copy, without its script. It consists of constants of examples.ts, so it is safe to render.
  const markup = SNIPPETS.HTML(home, attributes, TITLE, content).split('\n').slice(1).join('\n')
  return html`${css ? html`<style>${css}</style>` : nothing}${unsafeHTML(addClass(markup, css))}`
}

/** Adds the class that an example's style sheet selects to its code. */
function addClass(code: string, css: string | undefined): string {
  return css ? code.replace('<latent-interpolation', '<latent-interpolation class="mine"') : code
}

/** @param onEnd called when it shows its first frame, or why it has none */
function createHero(attributes: Attributes, onEnd: () => void): HTMLElement {
  const element = document.createElement('latent-interpolation')
  const all = { ...attributes, autoplay: '', loop: '', scale: '10', duration: '3500' }
  for (const [name, value] of Object.entries(all)) element.setAttribute(name, value)
  for (const event of ['ready', 'error']) element.addEventListener(event, onEnd, { once: true })
  return element
}

// The page is one folder below the server's base URL.
startGallery(document.getElementById('gallery') as HTMLElement, new URL('..', document.baseURI).href)
