import type { Report } from '../../models/paper/report.ts'
import { deepModels, tally } from '../../models/paper/verdict.ts'
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
      '“Met” favours us. A lower loss counts as met, whatever the reason: a better optimiser, more careful ' +
        `selection of the epoch, or a difference that we have not noticed. ${better} of the ${met} figures ` +
        'that are met are better by more than the spread. Many of our models are therefore not equivalent to ' +
        'the paper’s. Their lower losses show what the networks can reach; they do not show that the paper’s ' +
        'models were trained badly.',
      `Few folds. ${plural(partly, 'model')} of ${models.size} were trained on only some of their folds, and ` +
        `a deviation over three folds is a rough one.${noDeviation(few)} The test images are the same for ` +
        'all folds, so a deviation over folds measures the training, not the choice of images.',
      ...depthAndEpochs(report),
      'Selection on the held-out fold. The epoch measured is the one with the lowest loss on the same fold ' +
        'that the validation figures come from, and the rate was chosen on fold 0. Our validation figures ' +
        'are therefore slightly too low. Test figures are not: test images are evaluated once, after ' +
        'training. The rate was chosen with a quarter of the epochs, and may be too high for all of them: ' +
        'then the best epoch comes early, and the model is trained less well than it could be.',
      ruleAndTestFigures(report),
      'What the paper leaves open. We had to choose whether z is drawn, how FreyFace is divided, what the folds are and what a ' +
        'printed deviation means. Each choice has its own section above, with the figures that speak for and against it. Where two ' +
        'readings fit equally well, the verdict depends on ours.',
      'One implementation. In the tests, gradients, losses and the KL term are compared with finite ' +
        'differences, closed forms and TensorFlow.js, and the exported models with a second runtime. All ' +
        'training ran in one program on one kind of processor, with one seed for each fold.',
      'FreyFace has no published split. Its images are consecutive frames of one film, so a shuffled test set has near copies among ' +
        'the training images; figures on it say little about faces in general. This holds for our figures and ' +
        'for the paper’s.',
    ],
  }
}

/** That depth is not tested where deeper models have fewer epochs. */
function depthAndEpochs({ rows }: Report): string[] {
  const { epochs, trainings, bestAtEnd } = deepModels(rows)
  if (trainings === 0 || epochs[1] >= epochs[0]) return []
  return [
    `Depth and epochs vary together. On MNIST and Fashion-MNIST our shallowest models have ${epochs[0]} epochs and the ` +
      `deepest ${epochs[1]}, where the paper’s all have 200. In ${bestAtEnd} of ${plural(trainings, 'training')} of five and more ` +
      'layers the validation loss was lowest at the last epoch: it may have been falling still. So these tables do not ' +
      'show that depth stops helping, and a deep model’s higher loss may be due to its few epochs.',
  ]
}

/** That models on one or two folds have no deviation, if there are any. */
function noDeviation(few: number): string {
  if (few === 0) return ''
  return (
    ` ${few} of them were trained on one or two folds and have no deviation; for them the spread is the ` +
    'paper’s deviation or half a unit of its last decimal.'
  )
}

/** In what the rule of the recipes was written or changed after test figures had been seen. */
function ruleAndTestFigures({ recipes }: Report): string {
  const withdrawn = recipes.some(row => row.withdrawn.length > 0)
  return (
    'A rule written after test figures had been seen. Before the search, every model had been trained by an earlier recipe, and ' +
    'some of those had been given more epochs after a test figure had been missed. Such a run is in the tables only where the search chose the very ' +
    'same settings. But the people who fixed the search’s numbers of epochs had seen those figures. The numbers ' +
    'were fixed by cost, and are the same for AEs and VAEs.' +
    (withdrawn
      ? ' The rule that withdraws learning rates at which training diverges was also added after the first ' +
        'models of the search had been evaluated. It looks only at the held-out fold, where the objective of ' +
        'these runs ends above its start, in some runs by many orders of magnitude, and it changes no other ' +
        'choice. The search’s table shows the groups with a withdrawn rate.'
      : '')
  )
}
