import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { choices } from '../controls.ts'
import { figuresSection } from '../figures/section.ts'
import type { Lab, View } from '../lab.ts'
import { ready } from '../loadable.ts'
import { createChart, type Line } from '../plot/chart.ts'
import { type State, writeState } from '../state.ts'
import {
  architectures,
  betas,
  DATASETS,
  type Dataset,
  type Finding,
  type Loss,
  priors,
  SOURCE,
} from './findings.ts'

const LOSSES: Record<Loss, { title: string; unit: string }> = {
  bce: { title: 'BCE', unit: 'nats per pixel' },
  mse: { title: 'MSE', unit: 'squared intensity per pixel' },
  l1: { title: 'L1', unit: 'intensity per pixel' },
}

/** The paper's tables with this catalog's models beside them, and its figures as places of this page. */
export function createPaper(lab: Lab): View {
  const chart = createChart()
  const figures = figuresSection(lab)

  function cards(): Card[] {
    const list = (ready(lab.catalog.list) ?? []).filter(one => one.available)
    return list.map(({ id }) => ready(lab.catalog.model(id).card)).filter(card => card !== undefined)
  }

  return {
    render() {
      const { loss, data } = lab.state
      const ours = cards()
      const depths = architectures('depths', loss, data, ours)
      const dims = architectures('latentDims', loss, data, ours)
      chart.show([1, 2, 3, 4, 5, 6, 7, 8], linesOf(depths), {
        x: 'layers',
        y: `${LOSSES[loss].title}, ${LOSSES[loss].unit}`,
      })
      const what = `${LOSSES[loss].title} in ${LOSSES[loss].unit}, ${DATASETS[data].title}`
      return html`<div class="heading">
          <div>
            <h1>The paper beside these models</h1>
            <p class="lead">
              Everything here follows one study: ${SOURCE}. Its figures stand beside those of the models on this server,
              which you can open.
            </p>
          </div>
        </div>
        <div class="paper">
          <div class="bar">
            ${choices(
              'Loss',
              (Object.keys(LOSSES) as Loss[]).map(key => [key, LOSSES[key].title] as const),
              loss,
              next => lab.set({ loss: next }),
            )}
            ${choices(
              'Data',
              (Object.keys(DATASETS) as Dataset[]).map(key => [key, DATASETS[key].title] as const),
              data,
              next => lab.set({ data: next }),
            )}
          </div>
          <section class="wide" aria-label="Depth">
            <div>
              <h2>Does depth help?</h2>
              <p class="note">
                More layers each way around a bottleneck of two numbers: the loss over the test images, by how many.
              </p>
              ${chart.element}
              <ul class="chart-legend" aria-hidden="true">
                <li class="line vae">VAE, paper</li>
                <li class="line ae">AE, paper</li>
                <li class="dot vae">VAE, here</li>
                <li class="dot ae">AE, here</li>
              </ul>
            </div>
            ${table(lab, `Tables 6 to 8: by layers, two dimensions. ${what}.`, depths)}
          </section>
          <section aria-label="Latent dimensions">
            <h2>Do more numbers help?</h2>
            ${table(lab, `Tables 3 to 5: by latent dimensions, one layer. ${what}.`, dims)}
          </section>
          <section aria-label="Priors">
            <h2>Does the prior matter?</h2>
            ${table(lab, 'Table 1: VAE, two layers, two dimensions. BCE in nats per pixel, MNIST.', priors(ours))}
          </section>
          <section aria-label="Beta">
            <h2>What does a larger β cost?</h2>
            ${table(lab, 'Table 2: VAE, two layers, two dimensions. BCE in nats per pixel, MNIST.', betas(ours))}
          </section>
          <p class="note wide">
            Means over the folds, ± their standard deviation. The column “here” is one model of this server, trained on
            one fold and measured on the whole test set with z = mu. The training differs in
            epochs and schedule, so read the third decimal with care.
          </p>
          ${figures.render()}
        </div>`
    },
    close: figures.close,
  }
}

function open(lab: Lab, title: string, patch: Partial<State>): TemplateResult {
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    lab.set(patch, 'push')
  }
  return html`<a href=${writeState({ ...lab.state, ...patch }) || '.'} @click=${follow}>${title}</a>`
}

function table(lab: Lab, caption: string, rows: readonly Finding[]): TemplateResult {
  return html`<div class="table-box" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption>${caption}</caption>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">Validation</th>
          <th scope="col">Test</th>
          <th scope="col">Here</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          row => html`<tr>
            <th scope="row">${row.title}</th>
            <td>${print(row.validation)}</td>
            <td>${print(row.test)}</td>
            <td class="ours">
              ${
                row.ours
                  ? open(lab, row.ours.test.toFixed(4), {
                      view: 'explore',
                      model: row.ours.card.id,
                      z: [],
                      hide: [],
                    })
                  : nothing
              }
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function print({ mean, deviation }: Finding['test']): TemplateResult {
  return html`${mean.toFixed(3)} <span class="deviation">± ${deviation.toFixed(4)}</span>`
}

function linesOf(rows: readonly Finding[]): Line[] {
  const along = (kind: Finding['kind'], value: (row: Finding) => number | null) =>
    [1, 2, 3, 4, 5, 6, 7, 8].map(layers => {
      const row = rows.find(one => one.kind === kind && one.layers === layers)
      return row ? value(row) : null
    })
  const lines: Line[] = [
    { values: along('AE', row => row.test.mean), dashed: true, colour: 1 },
    { values: along('VAE', row => row.test.mean), colour: 0 },
  ]
  for (const [kind, colour] of [
    ['AE', 1],
    ['VAE', 0],
  ] as const) {
    const values = along(kind, row => row.ours?.test ?? null)
    if (values.some(value => value !== null)) lines.push({ values, colour, marks: true })
  }
  return lines
}
