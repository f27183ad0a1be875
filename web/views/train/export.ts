import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { save } from '../../lab/download.ts'
import type { MadeRun } from '../../train/exported-run.ts'
import type { TrainingSession } from '../../train/session/session.ts'
import type { OpenRun } from '../../train/session/state.ts'

/** Makes an open run's model, says what it is, and downloads it. */
export function exported(
  app: AppContext,
  session: TrainingSession,
  open: OpenRun,
): TemplateResult | typeof nothing {
  const { training, made, run } = open
  const { phase, epoch } = training.state
  if (epoch === 0 || (phase !== 'paused' && phase !== 'finished')) return nothing
  const title = session.state.open.length > 1 ? run.title : 'The trained model'
  return html`<section class="train-export" aria-label=${title}>
    <h2>${title}</h2>
    <div class="train-bar bar">
      <button ?disabled=${session.state.waiting !== undefined} @click=${() => void session.runs.make(open)}>
        ${made ? 'Export again' : 'Export as ONNX'}
      </button>
      ${
        made
          ? html`<button
              @click=${() => void download(session, made)}
            >
              Download zip
            </button>
            <button class="primary" @click=${() => void explore(app, session, open)}>Explore it</button>`
          : nothing
      }
      <p class="hint">
        ${made ? describe(made.card) : 'Makes the run directory that npm run train leaves, encoder.onnx, decoder.onnx and a card; a server takes them as they are.'}
      </p>
    </div>
  </section>`
}

/** Makes the model one of the page's, and shows its latent space. */
async function explore(app: AppContext, session: TrainingSession, open: OpenRun): Promise<void> {
  const id = await session.models.keep(open)
  if (id) app.set({ view: 'explore', model: id, z: [], hide: [] }, 'push')
}

async function download(session: TrainingSession, made: MadeRun): Promise<void> {
  const zip = await session.runs.zip(made)
  if (zip) save(zip, `${made.card.id}.zip`)
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
