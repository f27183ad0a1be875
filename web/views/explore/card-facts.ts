import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import type { ImageImport } from '../../../models/image-import.ts'
import { polarityOf } from '../../../models/polarity.ts'

/** How a model was made, as its card says: the data and its hash, the settings, the machine and the date. */
export function cardFacts(card: Card): TemplateResult {
  return html`<details class="behind">
    <summary>How this model was made</summary>
    <div class="table-box" tabindex="0" role="region" aria-label="How this model was made">
      <table class="facts">
        <tbody>
          ${factsOf(card).map(
            ([what, value]) => html`<tr><th scope="row">${what}</th><td>${value}</td></tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`
}

/** The facts as names and values. Older cards have fewer. */
function factsOf(card: Card): [what: string, value: string][] {
  const { dataset, training, objective } = card
  const { identity, classes, width, height } = dataset
  const { recipe } = training
  const number = (value: number) => value.toLocaleString('en')
  const kinds = classes.length === 0 ? 'no classes' : `${classes.length} classes`
  const facts: [string, string | undefined][] = [
    ['Version', card.version],
    [
      'Data',
      `${dataset.name}: ${width} × ${height} pixels, ${kinds}, ${polarityOf(dataset).replaceAll('-', ' ')}`,
    ],
    [
      'Images',
      identity &&
        `${number(identity.train.images)} for training, ${number(training.images)} of them fitted; ${number(identity.test.images)} for tests`,
    ],
    ['Imported', dataset.import && describeImport(dataset.import)],
    ['Data’s SHA-256', identity && `${identity.sha256.slice(0, 12)}…`],
    [
      'Objective',
      `${objective.reconstruction.toUpperCase()}${card.architecture.kind === 'vae' ? ` + ${objective.beta} · KL` : ''}`,
    ],
    [
      'Training',
      `${training.epochs} epochs${training.bestEpoch === training.epochs ? '' : `, weights of epoch ${training.bestEpoch}`}${recipe?.interrupted ? ', interrupted' : ''}, fold ${training.fold} of ${training.folds}, seed ${training.seed}`,
    ],
    ['Steps', recipe && `Adam, batch ${recipe.batch}, rate ${recipe.learningRate}, ${recipe.schedule}`],
    ['Started from', recipe?.warmStart && `the weights of ${recipe.warmStart}`],
    ['Computed by', `${training.engine} on ${training.device}`],
    ['Commit', recipe?.commit?.slice(0, 19)],
    ['Started', recipe?.date.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')],
  ]
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '')
}

/** Describes how pictures became the data set's images. */
function describeImport({ transpose, crop, fit, background, invert }: ImageImport): string {
  return [
    transpose && 'rows and columns swapped',
    crop && `cropped to ${crop.width} × ${crop.height} at ${crop.left}, ${crop.top}`,
    fit === 'cover' ? 'cut to size' : 'padded to size',
    `over ${background}`,
    invert && 'inverted',
  ]
    .filter(Boolean)
    .join(', ')
}
