import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { save } from '../../lab/download.ts'
import type { ExportedRun } from '../../train/exported-run.ts'
import type { TrainingSession } from '../../train/session/session.ts'
import type { OpenRun } from '../../train/session/state.ts'

/** The panel that exports an open run's model, describes it, and offers it for download. */
export function exportPanel(
  app: AppContext,
  session: TrainingSession,
  open: OpenRun,
): TemplateResult | typeof nothing {
  const { training, exported, run } = open
  const { phase, epoch } = training.state
  if (epoch === 0 || (phase !== 'paused' && phase !== 'finished')) return nothing
  const title = session.state.open.length > 1 ? run.title : 'The trained model'
  return html`<section class="train-export" aria-label=${title}>
    <h2>${title}</h2>
    <div class="train-bar bar">
      <button ?disabled=${session.state.waiting !== undefined} @click=${() => void session.runs.exportModel(open)}>
        ${exported ? 'Export again' : 'Export as ONNX'}
      </button>
      ${
        exported
          ? html`<button
              @click=${() => void download(session, exported)}
            >
              Download zip
            </button>
            <button class="primary" @click=${() => void explore(app, session, open)}>Explore it</button>`
          : nothing
      }
      <p class="hint">
        ${exported ? describe(exported.card) : 'Writes the same run directory as npm run train, with encoder.onnx, decoder.onnx and a card. A server can use these files unchanged.'}
      </p>
    </div>
  </section>`
}

/** Adds the model to the page's models and opens it in Explore. */
async function explore(app: AppContext, session: TrainingSession, open: OpenRun): Promise<void> {
  const id = await session.models.addFromRun(open)
  if (id) app.set({ view: 'explore', model: id, z: [], hide: [] }, 'push')
}

async function download(session: TrainingSession, exported: ExportedRun): Promise<void> {
  const zip = await session.runs.zip(exported)
  if (zip) save(zip, `${exported.card.id}.zip`)
}

function describe(card: Card): TemplateResult {
  const bce = card.metrics.find(
    ({ name, split, latent }) => name === 'bce' && split === 'test' && latent === 'mu',
  )
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1000).toLocaleString('en')} kB`
  return html`${card.id}, version ${card.version}: encoder ${kilobytes(card.files.encoder.bytes)}, decoder
    ${kilobytes(card.files.decoder.bytes)}, test BCE ${Number(bce?.value).toFixed(4)} nats per pixel at z = mu.
    Weights <code class="train-weights">${card.training.weights?.slice(0, 12)}</code>.`
}
