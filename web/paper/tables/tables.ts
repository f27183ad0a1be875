import { html, type TemplateResult } from 'lit'
import type { Report } from '../../../models/paper/report.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { choices } from '../../lab/controls.ts'
import type { State } from '../../lab/state/state.ts'
import type { Chart } from '../../plot/chart.ts'
import { DATA, IN_ADDRESS, LOSSES, TABLES } from '../report/names.ts'
import { depthLines } from './depth-chart.ts'
import { paperTable } from './paper-table.ts'
import { depthTrend, sizeTrend } from './trends.ts'

/**
 * The section of the paper's tables for the chosen loss and data set beside our figures, with the chart over layers.
 */
export function tables(app: AppContext, report: Report, chart: Chart): TemplateResult {
  const { loss, data, latent } = app.state
  const dataset = IN_ADDRESS[data]
  const of = (table: number) => report.rows.filter(row => row.table === table && row.dataset === dataset)
  const depths = of(TABLES.depths[loss])
  const { x, lines } = depthLines(depths)
  chart.show(x, lines, { x: 'layers', y: `${LOSSES[loss].title}, ${LOSSES[loss].unit}` }, app.theme)
  const z = latent === 'mu' ? 'z = mu' : 'z drawn'
  const what = `${DATA[dataset].title}, ${LOSSES[loss].title} in ${LOSSES[loss].unit}, ${z}`
  const mnist = `MNIST, BCE in nats per pixel, ${z}`
  const rowsOf = (table: number) => report.rows.filter(row => row.table === table)
  return html`<section id="tables" class="part" aria-labelledby="tables-title">
    <h2 id="tables-title">The tables</h2>
    <p class="prose">
      The paper’s numbers beside ours: means over the folds that ran, ± their standard deviation. KL is in nats per
      image; active counts the dimensions of z that a VAE uses. The button at the end of a row copies the command that
      trains the model again, <code>npm run replicate --</code> and the model’s id. A model’s name links to the
      model if this server has it.
    </p>
    ${pickers(app)}
    <section class="piece" id="layers" aria-labelledby="layers-title">
      <h3 id="layers-title">Does depth help?</h3>
      <div class="depth">
        <div>${chart.element} ${legend()}</div>
        <div>${depthTrend(depths).map(sentence => html`<p class="prose">${sentence}</p>`)}</div>
      </div>
      ${paperTable(app, `Table ${TABLES.depths[loss]}: by layers of the encoder and of the decoder, two latent dimensions. ${what}`, depths)}
    </section>
    <section class="piece" id="latent-size" aria-labelledby="latent-size-title">
      <h3 id="latent-size-title">Do more latent dimensions help?</h3>
      <p class="prose">${sizeTrend(of(TABLES.latentDims[loss]))}</p>
      ${paperTable(app, `Table ${TABLES.latentDims[loss]}: by latent dimensions, one layer. ${what}`, of(TABLES.latentDims[loss]))}
    </section>
    <section class="piece" id="priors" aria-labelledby="priors-title">
      <h3 id="priors-title">Does the prior matter?</h3>
      ${paperTable(app, `Table 1: by prior, VAEs of two layers and two dimensions. ${mnist}`, rowsOf(1))}
    </section>
    <section class="piece" id="betas" aria-labelledby="betas-title">
      <h3 id="betas-title">What does a larger β cost?</h3>
      ${paperTable(app, `Table 2: by β, VAEs of two layers and two dimensions. ${mnist}`, rowsOf(2))}
    </section>
  </section>`
}

function pickers(app: AppContext): TemplateResult {
  const { loss, data, latent } = app.state
  const names = <K extends string>(of: Record<K, { title: string }>) =>
    (Object.keys(of) as K[]).map(key => [key, of[key].title] as const)
  const sets = (Object.keys(IN_ADDRESS) as State['data'][]).map(
    key => [key, DATA[IN_ADDRESS[key]].title] as const,
  )
  return html`<div class="bar pickers">
    ${choices('Loss', names(LOSSES), loss, next => app.set({ loss: next }))}
    ${choices('Data', sets, data, next => app.set({ data: next }))}
    ${choices(
      'VAEs measured at',
      [
        ['sampled', 'z drawn'],
        ['mu', 'z = mu'],
      ],
      latent,
      next => app.set({ latent: next }),
    )}
  </div>`
}

function legend(): TemplateResult {
  return html`<ul class="chart-legend" aria-hidden="true">
    <li class="line ae">AE, paper</li>
    <li class="line vae">VAE, paper</li>
    <li class="dot ae">AE, ours</li>
    <li class="dot vae">VAE, ours</li>
  </ul>`
}
