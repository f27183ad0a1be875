import { html, type TemplateResult } from 'lit'
import { tableBox } from './table-box.ts'

const COMMANDS = [
  ['npm run report', 'all tables and counts of this page, from the committed results, in seconds'],
  [
    'npm run replicate -- mnist-vae-l1-z2',
    'trains fold 0 of one model again, and compares weights and losses',
  ],
  ['npm run replicate -- mnist-vae-l1-z2 --fold 3', 'the same for another fold'],
  ['npm run sweep -- search', 'the search for recipes, on validation folds'],
  ['npm run sweep -- replication', 'the models of the tables, by the recipes of the search'],
  ['npm run sweep -- --list', 'the models that are still to be trained, and about how many hours they take'],
  ['npm run sweep -- variants', 'the additional runs'],
  ['npm run sweep -- paper --folds 0', 'the models by the paper’s own protocol'],
  ['node train/paper/all-frames-cli.ts runs', 'runs by the protocol on test sets drawn from all frames'],
] as const

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
      <code>results-columns.md</code>. FreyFace and Fashion-MNIST are read from a folder that you name with
      <code>--data-dir</code>.
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
          ${COMMANDS.map(
            ([command, gives]) => html`<tr>
              <th scope="row"><code>${command}</code></th>
              <td class="word differs">${gives}</td>
            </tr>`,
          )}
        </tbody>`,
    )}
  </section>`
}
