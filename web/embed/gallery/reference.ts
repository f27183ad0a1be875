import { html, type TemplateResult } from 'lit'

/** Attributes: name, default, description. */
const ROWS: readonly (readonly [name: string, initial: string, description: string])[] = [
  ['model', '', 'The model: its id, or id@version to pin a version.'],
  ['from, to', '', 'The ends of the path: class:3, class:Sneaker, seed:7 or z:0.5,-1.2.'],
  [
    'corners',
    '',
    'Instead of from and to: four of these with semicolons between them, clockwise from the top left.',
  ],
  ['src', 'the script’s server', 'The server with the models.'],
  ['steps', '17', 'Images along the path, ends included: a key moves by one of them.'],
  ['path', 'lerp', 'lerp: straight. slerp: on an arc around the prior’s mean.'],
  ['engine', 'auto', 'auto decodes in the page once the reader moves it, local from the start, edge never.'],
  ['autoplay, loop', 'off', 'Plays when it becomes visible; back and forth, or around a square.'],
  ['duration', '2500', 'Milliseconds from one end to the other.'],
  ['controls', 'off', 'A button and a slider below the image.'],
  ['scale', '8', 'CSS pixels for one pixel of an image.'],
  ['theme', 'auto', 'light or dark; auto follows your page’s text colour.'],
  ['label', 'from its ends', 'The accessible name, for screen readers.'],
]

const codes = (names: string) => names.split(' ').map(name => html`<code>${name}</code> `)

/** The section that documents the element's attributes, methods, events, slots, parts and custom properties. */
export function referenceSection(): TemplateResult {
  return html`<section id="reference" aria-labelledby="reference-title">
    <h2 id="reference-title">Reference</h2>
    <div class="table" tabindex="0" role="region" aria-label="Attributes">
      <table>
        <thead><tr><th>Attribute</th><th>What it does</th><th>Default</th></tr></thead>
        <tbody>${ROWS.map(
          ([name, initial, description]) =>
            html`<tr><th scope="row"><code>${name}</code></th><td>${description}</td><td>${initial}</td></tr>`,
        )}</tbody>
      </table>
    </div>
    <div class="facts">
      <p><b>Methods</b> <code>play()</code> <code>pause()</code> <code>seek(t, u?)</code> <code>toBlob()</code></p>
      <p><b>Events</b> <code>ready</code> <code>change</code> with t, u and z, <code>error</code> with the attribute concerned</p>
      <p><b>Slots</b> <code>caption</code>, and <code>fallback</code>, shown when no image can be</p>
      <p><b>Parts</b> ${codes('box stage image bar button slider end trace spot caption fallback notice')}</p>
      <p><b>Properties</b> ${codes('--latent-size --latent-paper --latent-line --latent-accent --latent-focus --latent-radius --latent-gap --latent-rendering')}</p>
      <p><b>Types</b> <a href="latent-interpolation.d.ts">latent-interpolation.d.ts</a></p>
    </div>
  </section>`
}
