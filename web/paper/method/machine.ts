import type { Question } from '../report/question.ts'

/** The machine that our models were trained on, and how far its results can be repeated. */
export function machine(): Question {
  return {
    slug: 'machine',
    title: 'The machine',
    answer: [
      'The paper’s models were trained on an Apple M1 Pro. Each of ours was trained on one CPU core with ' +
        'AVX-512: the forward pass, the backward pass and the Adam update of a step are one ONNX graph, run ' +
        'by ONNX Runtime. Every run has a seed.',
      'The command of a row trains the model’s first fold again and compares weights and losses with the ' +
        'committed ones. On the same kind of processor the weights are identical, bit for bit. Another kind ' +
        'may round differently; then the losses show how close the two runs are.',
    ],
  }
}
