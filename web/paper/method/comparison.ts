import type { Question } from '../report/question.ts'

/** Which figures are compared, and by which rule. */
export function comparison(): Question {
  return {
    slug: 'comparison',
    title: 'What is compared, and how',
    answer: [
      'The paper’s Tables 1 to 8 give, for every model, a loss on held-out folds and one on test images, as a mean over folds ' +
        'with a standard deviation. We transcribed all of them and compare the 188 different figures on test images with ' +
        'ours: the same loss, per pixel, on the same images (FreyFace: those of our split), of a model with the same network, prior and β, averaged over ' +
        'the folds that were trained. VAEs are decoded from a z drawn from the posterior, one draw for each image.',
      'A figure is met when our mean, rounded to the paper’s decimals, is no larger than the paper’s. That ' +
        'is the question of a replication: can the figure be reached? “Better” and “worse” answer another ' +
        'question: do the two means differ by more than the spread? The spread is the largest of our ' +
        'standard deviation over folds, the paper’s, and half a unit of the paper’s last decimal. This is a ' +
        'fixed rule, not a significance test. Code applies both rules to the result files; nothing is judged ' +
        'by hand.',
    ],
  }
}
