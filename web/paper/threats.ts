import type { Report } from '../../models/paper/report.ts'
import { tally } from '../../models/paper/verdict.ts'
import { plural } from './report/numbers.ts'
import type { Question } from './report/question.ts'

/** Reasons for which the verdict could be wrong. */
export function threats(report: Report): Question {
  const models = new Map(report.rows.map(row => [row.id, row]))
  const runs = [...models.values()].flatMap(({ ours }) => ours ?? [])
  const few = runs.filter(({ n }) => n < 3).length
  const partly = runs.filter(({ n, folds }) => n < folds).length
  const { met, better } = tally(report.rows)
  return {
    slug: 'threats',
    title: 'Threats to validity',
    answer: [
      '“Met” favours us. A lower loss counts as met, whatever the reason: a better optimiser, more careful selection of the ' +
        `epoch, or a difference that we have not noticed. ${better} of the ${met} figures that are met are better beyond the ` +
        'spread, so many models of ours are not the paper’s models. That their losses are lower says that the networks can do ' +
        'this; it does not say that the paper’s were trained badly.',
      `Few folds. ${plural(partly, 'model')} of ${models.size} ran on some of their folds only: a deviation over three folds is a rough ` +
        `one.${noDeviation(few)} The test images are the same for all folds, so a deviation over folds measures the training, not ` +
        'the choice of images.',
      'Selection on the held-out fold. The epoch measured has the least loss on the fold that the validation figures are of, ' +
        'and the rate was chosen on fold 0. Our validation figures are therefore slightly too low. Test figures are not: test ' +
        'images are evaluated once, after training. The rate was chosen in a quarter of the epochs, and may be too high for ' +
        'all of them: then the best epoch comes early, and the model is trained less well than it could be.',
      ruleAndTestFigures(report),
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

/** That models on one or two folds have no deviation, if there are any. */
function noDeviation(few: number): string {
  if (few === 0) return ''
  return ` ${few} of them ran on one or two and have none of their own: there the paper’s alone decides what is beyond the spread.`
}

/** In what the rule of the recipes was written or changed after test figures had been seen. */
function ruleAndTestFigures({ recipes }: Report): string {
  const withdrawn = recipes.some(row => row.withdrawn.length > 0)
  return (
    'A rule written after test figures had been seen. Before the search, every model had been trained by an earlier recipe, and ' +
    'some of those had been given more epochs after a test figure had been missed. Such a run is in the tables only where the search chose the very ' +
    'same settings. But the search’s numbers of epochs were fixed by people who had seen those figures: by cost, the same for AEs and VAEs.' +
    (withdrawn
      ? ' That rates at which training diverges are withdrawn was added after the first models of the search had been ' +
        'evaluated too. It looks at the held-out fold alone, where the objective of these runs ends above its start, of some ' +
        'by many powers of ten, and no other choice was touched. The groups with a withdrawn rate are named in the search’s table.'
      : '')
  )
}
