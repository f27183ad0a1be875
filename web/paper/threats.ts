import type { Report } from '../../models/paper/report.ts'
import { tally } from '../../models/paper/verdict.ts'
import { plural } from './report/numbers.ts'
import type { Question } from './report/question.ts'

/** Reasons for which the verdict could be wrong. */
export function threats(report: Report): Question {
  const models = new Map(report.rows.map(row => [row.id, row]))
  const few = [...models.values()].filter(({ ours }) => ours && ours.n < 3).length
  const { met, better } = tally(report.rows)
  return {
    slug: 'threats',
    title: 'Threats to validity',
    answer: [
      '“Met” favours us. A lower loss counts as met, whatever the reason: a better optimiser, more careful selection of the ' +
        `epoch, or a difference that we have not noticed. ${better} of the ${met} figures that are met are better beyond the ` +
        'spread, so many models of ours are not the paper’s models. That their losses are lower says that the networks can do ' +
        'this; it does not say that the paper’s were trained badly.',
      ...earlierRecipes(report),
      `Few folds. ${plural(few, 'model')} of ${models.size} ran on one or two folds only, and have no deviation of their own: there the paper’s ` +
        'alone decides what is beyond the spread. The test images are the same for all folds, so a deviation over folds ' +
        'measures the training, not the choice of images.',
      'Selection on the held-out fold. The epoch measured has the least loss on the fold that the validation figures are of, ' +
        'and the rate was chosen on fold 0. Our validation figures are therefore slightly too low. Test figures are not: test ' +
        'images are evaluated once, after training. The rate was chosen in a quarter of the epochs, and may be too high for ' +
        'all of them: then the best epoch comes early, and the model is trained less well than it could be.',
      ...changedRule(report),
      'What the paper leaves open. We had to choose whether z is drawn, how FreyFace is divided, what the folds are and what a ' +
        'printed deviation means. Each choice is a question of its own above, with the figures that speak for it. Where two ' +
        'readings fit equally well, the verdict depends on ours.',
      'One implementation. Gradients, losses and the KL term are held against finite differences, closed forms and TensorFlow.js ' +
        'in the tests, and the exported models against a second runtime. All training ran in one program on one kind of processor, ' +
        'with one seed for each fold.',
      'FreyFace has no published split. Its images are consecutive frames of one film, so a shuffled test set has near copies among ' +
        'the training images; figures on it say little about faces in general, ours as little as the paper’s.',
    ],
  }
}

/** That the rule of the recipes had an addition after test figures had been seen, if it has had an effect. */
function changedRule({ recipes }: Report): string[] {
  if (recipes.every(({ withdrawn }) => withdrawn.length === 0)) return []
  return [
    'A rule with an addition. That rates at which training diverges are withdrawn was added after the first models of the ' +
      'search had been evaluated and their test figures seen. It looks at the held-out fold alone, where the objective of ' +
      'these runs ends above its start, of some by many powers of ten, and no other choice was touched. The groups with a ' +
      'withdrawn rate are named in the search’s table.',
  ]
}

/** How many figures rest on runs from before the search of recipes. */
function earlierRecipes(report: Report): string[] {
  const rows = report.rows.filter(({ ours }) => ours)
  const models = new Set(rows.map(({ id }) => id))
  const before = rows.filter(({ ours }) => ours!.recipe === 'earlier')
  if (before.length === 0) return []
  const earlier = new Set(before.map(({ id }) => id))
  const [old, fresh] = [tally(before), tally(rows.filter(row => !before.includes(row)))]
  return [
    `Recipes chosen in sight of test figures. ${earlier.size} of ${plural(models.size, 'model')} have runs from before the search of recipes (†): ` +
      'their rates were chosen on a validation fold, but some of their epochs were raised after a test figure had been missed. ' +
      `Of their ${plural(old.of, 'figure')} ${old.met} are met; of the ${fresh.of} of models trained by the search’s recipe, ${fresh.met}. ` +
      'Only the latter are free of that choice.',
  ]
}
