import type { RecipeRow, Report } from '../../../models/paper/report.ts'
import { DATA } from '../report/names.ts'
import { plural } from '../report/numbers.ts'
import type { Question } from '../report/question.ts'

/** How our models are trained: the rule that makes each recipe, and the results of the search behind it. */
export function recipe(report: Report): Question {
  return {
    slug: 'recipe',
    title: 'The training recipe',
    answer: [
      'As in the paper: Adam, batches of 100, the same networks, losses and splits (FreyFace: a split of ours). The ' +
        'paper does not name its initialisation; ours is that of He et al. Unlike in the paper, the learning rate rises linearly over the first ' +
        'epochs (ten on FreyFace, at most one on the other data sets) and then falls along half a cosine ' +
        'instead of staying at 0.001; and the weights measured are those of the epoch with the lowest ' +
        'validation loss, which is measured at z = mu.',
      'One rule makes every recipe, and no test figure enters it. The numbers of epochs and folds are fixed ' +
        'by cost, the same for AEs and VAEs: all folds for one and two layers, three for more. The rate is ' +
        'searched for each data set, kind, depth and latent size, with a quarter of the epochs and fold 0 ' +
        'held out: starting at 0.004, it is halved or doubled until neither lowers the objective on the ' +
        'held-out fold, so that both neighbours of the chosen rate have been tried. The objective is the ' +
        'negative ELBO at a drawn z; for an AE, the reconstruction loss. VAEs of FreyFace raise β from 0 ' +
        'over the first half of their epochs, unless the same rate does better with β = 1 throughout. The ' +
        'trials are never evaluated on test images; every one is in models/paper/search.json.' +
        byLatentSize(report),
      'A quarter of the epochs does not always show that a rate is too high. Where a run of all epochs diverges, which here means ' +
        'that its objective on the held-out fold ends above where it was after the first epoch, its rate and those above it are withdrawn, ' +
        'the best of the lower rates is taken, and all folds are trained anew. Those runs are in models/paper/diverged.json.' +
        divergedText(report),
    ],
    numbers: {
      caption: 'The search for recipes, by data set, kind, layers and latent size',
      head: ['Group', 'Epochs', 'Trials', 'Rate chosen', 'Withdrawn', 'β rises over'],
      rows: report.recipes.map(recipeRow),
    },
  }
}

/** For how many models of one layer the search chose another rate with 64 latent dimensions than with two. */
function byLatentSize({ recipes }: Report): string {
  const rateAt = ({ dataset, kind }: RecipeRow, size: number) =>
    recipes.find(
      row => row.dataset === dataset && row.kind === kind && row.layers === 1 && row.latentDim === size,
    )?.chosen?.learningRate
  const pairs = recipes
    .filter(({ layers, latentDim }) => layers === 1 && latentDim === 2)
    .map(row => [rateAt(row, 2), rateAt(row, 64)])
  const other = pairs.filter(([two, many]) => two !== many).length
  return (
    ' At first, one rate was used for all latent sizes. They were separated when that rate did badly on FreyFace’s ' +
    `validation folds, in runs that were not kept. With 64 dimensions the search chose another rate than with two in ${other} of ${pairs.length} cases.`
  )
}

/** How many groups had a rate withdrawn. */
function divergedText({ recipes }: Report): string {
  const groups = recipes.filter(({ withdrawn }) => withdrawn.length > 0).length
  return groups > 0 ? ` This happened in ${groups} of the ${recipes.length} groups.` : ''
}

function recipeRow({
  dataset,
  kind,
  layers,
  latentDim,
  epochs,
  trials,
  chosen,
  withdrawn,
}: RecipeRow): string[] {
  return [
    `${DATA[dataset].title}, ${kind.toUpperCase()}, ${plural(layers, 'layer')}, ${plural(latentDim, 'dimension')}`,
    epochs.toLocaleString('en'),
    String(trials),
    chosen ? String(chosen.learningRate) : '–',
    withdrawn.length > 0 ? withdrawn.join(', ') : '–',
    chosen && chosen.betaWarmup > 0 ? `${100 * chosen.betaWarmup}% of the epochs` : '–',
  ]
}
