import { html, nothing, type TemplateResult } from 'lit'
import { createChart } from '../plot/chart.ts'
import { picture } from '../plot/picture.ts'
import { createPlane } from '../plot/plane.ts'
import { axesProjection, projectGaussian } from '../plot/projection.ts'
import type { Training } from '../train/training.ts'
import { figuresTable } from './train-progress.ts'

/** What is seen of a run: the plane, reconstructions and samples, curves. */
export interface Board {
  render(training: Training, title: string | undefined): TemplateResult
}

export function createBoard(): Board {
  const plane = createPlane({})
  const losses = createChart()
  const kl = createChart()
  const units = createChart()
  const gradient = createChart()
  /** Test images as intensities, made once for each run. */
  let given: { training: Training; images: Float32Array } | undefined

  function showPlane({ configuration, state, data }: Training): void {
    const { architecture, prior } = configuration
    const projection = axesProjection(architecture.latentDim, [0, 1])
    const { snapshot } = state
    const { labels } = data.test
    const images = snapshot ? snapshot.mu.length / architecture.latentDim : 0
    plane.show({
      projection,
      latents: snapshot && { mu: snapshot.mu, label: labels?.subarray(0, images), images },
      prior: architecture.kind === 'vae' ? projectGaussian(projection, prior) : undefined,
      hidden: new Set(),
      names: [],
      z: new Float32Array(architecture.latentDim),
      point: false,
      marginals: false,
      label: `Latent plane: ${images} test images where the encoder puts them after epoch ${state.epoch}`,
    })
  }

  function showCharts({ state: { figures } }: Training): void {
    const epochs = figures.map(({ epoch }) => epoch)
    losses.show(
      epochs,
      [
        { values: figures.map(({ train }) => train.loss), colour: 0 },
        { values: figures.map(({ validation }) => validation.loss), dashed: true },
      ],
      { x: 'epoch', y: 'loss, nats per image' },
    )
    kl.show(epochs, [{ values: figures.map(({ validation }) => validation.kl), colour: 3 }], {
      x: 'epoch',
      y: 'KL, nats per image',
    })
    units.show(epochs, [{ values: figures.map(({ validation }) => validation.activeUnits), colour: 2 }], {
      x: 'epoch',
      y: 'dimensions',
    })
    gradient.show(epochs, [{ values: figures.map(({ gradientNorm }) => gradientNorm), colour: 4 }], {
      x: 'epoch',
      y: 'norm',
    })
  }

  function testImages(training: Training): Float32Array {
    if (given?.training !== training) {
      const { test, height, width } = training.data
      const pixels = test.pixels.subarray(0, Math.min(10, test.count) * height * width)
      given = { training, images: Float32Array.from(pixels, byte => byte / 255) }
    }
    return given.images
  }

  function curves({ configuration }: Training): TemplateResult {
    return html`${curve('Loss of an epoch’s training images (line) and of held-out images (dashed)', losses.element)}
      ${configuration.architecture.kind === 'vae' ? curve('KL divergence to the prior, held-out images', kl.element) : nothing}
      <details class="train-more">
        <summary>Active units, and the gradient’s norm</summary>
        ${curve('Latent dimensions that vary over the held-out images', units.element)}
        ${curve('Norm of the gradient at an epoch’s first step', gradient.element)}
      </details>`
  }

  return {
    render(training, title) {
      showPlane(training)
      showCharts(training)
      // Of two boards, each says whose parts these are.
      const named = (part: string) => (title ? `${title}: ${part}` : part)
      const { state, data } = training
      const { height, width, name, polarity } = data
      const size = { height, width, name, polarity }
      const pixels = height * width
      const images = testImages(training)
      const { snapshot } = state
      return html`<div class="train-board" role="group" aria-label=${title ?? 'The run'}>
        ${title ? html`<h2 class="train-title">${title}</h2>` : nothing}
        <section class="train-plane" aria-label=${named('Latent plane')}>${plane.element} ${classLegend(data.classes)}</section>
        <section class="train-pictures" aria-label=${named('What the model makes of images')}>
          <h2>Ten test images, and what comes back</h2>
          <div class="pairs">
            ${Array.from(
              { length: images.length / pixels },
              (_, i) => html`<div>
                <canvas role="img" aria-label=${`Test image ${i + 1}`} ${picture(images, size, i * pixels)}></canvas>
                <canvas role="img" aria-label=${`Reconstruction of test image ${i + 1}`} ${picture(snapshot?.reconstructions, size, i * pixels)}></canvas>
              </div>`,
            )}
          </div>
          <h2>Sixteen images decoded from fixed random points</h2>
          <div class="samples">
            ${Array.from({ length: 16 }, (_, i) => html`<canvas role="img" aria-label=${`Sample ${i + 1}`} ${picture(snapshot?.samples, size, i * pixels)}></canvas>`)}
          </div>
        </section>
        <section class="train-curves" aria-label=${named('Curves')}>
          ${state.figures.length > 0 ? curves(training) : nothing} ${figuresTable(state)}
        </section>
      </div>`
    },
  }
}

function curve(title: string, chart: HTMLElement): TemplateResult {
  return html`<div><h2>${title}</h2>${chart}</div>`
}

function classLegend(classes: readonly string[]): TemplateResult | typeof nothing {
  if (classes.length === 0) return nothing
  return html`<ul class="legend" aria-label="Colours of the classes">
    ${classes.map((name, i) => html`<li class="chip" style=${`--colour: var(--class-${i % 10})`}><i></i>${name}</li>`)}
  </ul>`
}
