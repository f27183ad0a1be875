import { html, type TemplateResult } from 'lit'
import { tableBox } from './table-box.ts'

const COMMANDS = [
  ['npm run report', 'all tables and counts of this page, from the committed results, in seconds'],
  ['npm run replicate -- mnist-vae-l1-z2', 'one model’s fold 0 trained again; compares weights and losses'],
  ['npm run replicate -- mnist-vae-l1-z2 --fold 3', 'another fold'],
  ['npm run sweep -- search', 'the search of recipes, on validation folds'],
  ['npm run sweep -- replication', 'the models of the tables, by the recipes of the search'],
  ['npm run sweep -- --list', 'what of that is left here, and about how many hours it takes'],
  ['npm run sweep -- variants', 'the runs beside the tables'],
  ['npm run sweep -- paper --folds 0', 'the models by the paper’s own protocol'],
  ['node train/paper/all-frames-cli.ts runs', 'runs by the protocol on test sets drawn from all frames'],
] as const

/** The commands that reproduce the page's numbers. */
export function rerun(): TemplateResult {
  return html`<section class="part" id="rerun" aria-labelledby="rerun-title">
    <h2 id="rerun-title">How to rerun each number</h2>
    <p class="prose">
      Every run has left one file in <code>models/paper/results</code>: its settings, fold and seed, a hash of its weights, its
      losses and their course. The tables are made from these files alone. On a like processor a run repeated ends with the
      same weights to the bit. All figures as one table are <code>models/paper/results.csv</code>, its columns explained in
      <code>results-columns.md</code>. FreyFace and Fashion-MNIST are read from a folder of yours (<code>--data-dir</code>).
    </p>
    ${tableBox(
      'Commands in the repository’s folder',
      'compact words',
      html`<thead>
          <tr>
            <th scope="col">Command</th>
            <th scope="col" class="word differs">Gives</th>
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
