import { html, type nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { kindTitle, modelTitle, numbersTitle } from '../../models/model-title.ts'
import { groupModels } from '../catalog/model-groups.ts'
import { ready } from '../catalog/resource.ts'
import type { AppContext } from './app-context.ts'

/** A menu of the server's models that sets `key` of the state. */
export function modelPicker(
  app: AppContext,
  key: 'model' | 'other',
  chosen: string | undefined,
  label = 'Model',
): TemplateResult | typeof nothing {
  const list = ready(app.catalog.list)
  if (!list) return html`<span class="field placeholder"></span>`
  const change = (event: Event) => {
    const id = (event.target as HTMLSelectElement).value
    app.set(key === 'model' ? { model: id, z: [], hide: [] } : { [key]: id }, 'push')
  }
  return html`<label class="field">
    <span class="label">${label}</span>
    <select class="models" @change=${change} .value=${chosen ?? ''}>
      ${groupModels(list).map(
        ({ title, models }) =>
          html`<optgroup label=${title}>
            ${models.map(
              model => html`<option
                value=${model.id}
                title=${model.id}
                ?selected=${model.id === chosen}
                ?disabled=${!model.available}
              >
                ${modelTitle(model)}
              </option>`,
            )}
          </optgroup>`,
      )}
    </select>
  </label>`
}

/** A card's main facts in one line, its id last. */
export function summary(card: Card): string {
  const { reconstruction } = card.objective
  const loss = metric(card, reconstruction)
  return [
    kindTitle(card),
    plural(card.architecture.layers, 'layer'),
    numbersTitle(card.architecture.latentDim),
    `${card.parameters.toLocaleString('en')} parameters`,
    ...(loss === undefined
      ? []
      : [
          `test ${reconstruction.toUpperCase()} ${loss.toFixed(4)} ${reconstruction === 'bce' ? 'nats ' : ''}per ${
            card.training.pixels === 'binarized' ? 'binary ' : ''
          }pixel`,
        ]),
    card.id,
  ].join(' · ')
}

/** A card's metric over the test set with z = mu. */
export function metric(card: Card, name: Card['metrics'][number]['name']): number | undefined {
  const found = card.metrics.find(m => m.name === name && m.split === 'test' && m.latent === 'mu')
  return typeof found?.value === 'number' ? found.value : undefined
}

function plural(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`
}
