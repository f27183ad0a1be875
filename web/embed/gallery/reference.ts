import { html, type TemplateResult } from 'lit'
import { ATTRIBUTE_DOCS, CUSTOM_PROPERTY_DOCS, PART_NAMES } from '../options/documentation.ts'

const codes = (names: readonly string[]) => names.map(name => html`<code>${name}</code> `)

/** The section that documents the element's attributes, methods, events, slots, parts and custom properties. */
export function referenceSection(): TemplateResult {
  return html`<section id="reference" aria-labelledby="reference-title">
    <h2 id="reference-title">Reference</h2>
    <div class="table" tabindex="0" role="region" aria-label="Attributes">
      <table>
        <thead><tr><th>Attribute</th><th>What it does</th><th>Default</th></tr></thead>
        <tbody>${ATTRIBUTE_DOCS.map(
          ({ name, description, initial }) =>
            html`<tr><th scope="row"><code>${name}</code></th><td>${description}</td><td>${initial}</td></tr>`,
        )}</tbody>
      </table>
    </div>
    <div class="facts">
      <p><b>Methods</b> <code>play()</code> <code>pause()</code> <code>seek(t, u?)</code> <code>toBlob()</code></p>
      <p><b>Events</b> <code>ready</code> <code>change</code> with t, u and z, <code>error</code> with the attribute concerned</p>
      <p><b>Slots</b> <code>caption</code>, and <code>fallback</code>, shown when no image can be</p>
      <p><b>Parts</b> ${codes(PART_NAMES)}</p>
      <p><b>Properties</b> ${codes(Object.keys(CUSTOM_PROPERTY_DOCS))}</p>
      <p><b>Types</b> <a href="latent-interpolation.d.ts">latent-interpolation.d.ts</a></p>
    </div>
  </section>`
}
