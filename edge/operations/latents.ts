import { z } from '@hono/zod-openapi'
import { fromHalf } from '../../models/files/half.ts'
import { decodeSafetensors } from '../../models/files/safetensors.ts'
import { Rows } from './decoded.ts'
import { defineOperation } from './operation.ts'
import { integer } from './parameters.ts'
import { toRows } from './rows.ts'

/** The encoded test set, for scatter plots. */
export const latents = defineOperation({
  name: 'latents',
  summary: 'The encoded test set',
  description:
    'The encoder’s mu for every image of the test set, in the order of the set, with labels if the data has them. ' +
    'safetensors is the file as it is stored: mu as float16 [images, D_z] and label as bytes [images]; npy and f32 hold mu.',
  methods: ['get'],
  formats: ['json', 'npy', 'f32', 'safetensors'],
  answer: z.object({
    split: z.literal('test'),
    images: z.int(),
    classes: z.array(z.string()).openapi({ description: 'Names of the labels, in order' }),
    mu: Rows.openapi({ description: '[images, D_z]' }),
    label: z.array(z.int()).optional().openapi({ description: '[images]; absent for data without labels' }),
  }),
  query: z.strictObject({
    limit: integer(1, 100_000)
      .optional()
      .openapi({ description: 'Only the first images of the set (not in safetensors)' }),
  }),
  count: () => 0,
  async run({ card, query, file }) {
    const bytes = await file('latents.safetensors')
    const { mu, label } = decodeSafetensors(bytes).tensors
    if (mu?.dtype !== 'F16') throw new Error('latents.safetensors: expected mu of type F16')
    const d = card.architecture.latentDim
    const images = Math.min(mu.shape[0], query.limit ?? Number.POSITIVE_INFINITY)
    const data = fromHalf(mu.data.subarray(0, images * d))
    return {
      file: bytes,
      tensor: { data, shape: [images, d] },
      json: () => ({
        split: 'test',
        images,
        classes: card.dataset.classes,
        mu: toRows(data, d),
        ...(label?.dtype === 'U8' && { label: Array.from(label.data.subarray(0, images)) }),
      }),
    }
  },
  examples: () => [
    { title: 'A few, with labels', query: 'limit=5' },
    { title: 'All, as a file', query: 'format=safetensors', save: 'latents.safetensors' },
  ],
})
