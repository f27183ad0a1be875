import type { Question } from '../report/question.ts'

/** The machine that our models were trained on, and how far its results can be repeated. */
export function machine(): Question {
  return {
    slug: 'machine',
    title: 'The machine',
    answer: [
      'The paper trained on an Apple M1 Pro. Ours were trained on one CPU core each, with AVX-512: forward, backward and ' +
        'Adam of a step are one ONNX graph, which ONNX Runtime runs. Every run has a seed.',
      'A row’s command trains its first fold again and compares weights and losses with those committed. On a like ' +
        'processor the weights are the same to the bit. Another may round otherwise; then the losses tell how near they are.',
    ],
  }
}
