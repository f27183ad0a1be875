import { z } from 'zod'

const Share = z.number().min(0).max(1)
const Count = z.int().min(1)

/** Distances from images to the nearest training image: Euclidean over intensities in [0, 1]. */
const Distances = z.strictObject({ firstPercentile: z.number().min(0), median: z.number().min(0) })

/** A judge's figures for a set of images that were drawn without asking for a class. */
const SetJudgement = {
  /** How many images. */
  images: Count,
  /** Share of images whose most probable class has a probability over 0.9. */
  confident: Share,
  /** Fréchet distance of the judge's features to those of the test images. */
  frechet: z.number().min(0),
  /** Improved precision and recall against as many test images (Kynkäänniemi et al. 2019). */
  precision: Share,
  recall: Share,
}

/**
 * How a judge (a classifier of the data set that no model is trained with) rates a model's samples. Figures of two models
 * may be compared if judge, seed and numbers of images are the same.
 */
export const Judgement = z.strictObject({
  judge: z.strictObject({ dataset: z.string(), version: z.string() }),
  /** Seed of every draw. */
  seed: z.int().min(0),
  /** Samples of each class: the shares that the judge gives that class. Null where a model cannot draw a class. */
  byClass: z
    .strictObject({
      imagesPerClass: Count,
      /** In the order of the data set's classes. */
      accuracy: z.array(Share),
      mean: Share,
      worst: Share,
    })
    .nullable(),
  /**
   * The number of characters that the judge reads correctly in a text written in the styles of seeds 0, 1, …: 0123456789,
   * or all classes whose names are one character. Absent where the model cannot write.
   */
  written: z.strictObject({ seeds: Count, characters: Count, read: z.int().min(0) }).optional(),
  samples: z.strictObject(SetJudgement),
  /** The same of random training images, the figures that a perfect model would reach. */
  trainingImages: z.strictObject(SetJudgement),
  /** Test images that the Fréchet distance is measured to. */
  testImages: Count,
  /** k of precision and recall. */
  neighbours: Count,
  /** Whether training images were memorised: distances of some samples, and of as many test images, to the nearest. */
  nearest: z.strictObject({
    images: Count,
    samples: Distances,
    testImages: Distances,
    /** Share of the samples nearer to a training image than the nearest 1% of the test images. */
    nearerShare: Share,
  }),
})
export type Judgement = z.infer<typeof Judgement>

/** The part of a judgement that says how good samples are, by which versions are compared. */
export type SampleJudgement = Pick<Judgement, 'judge' | 'seed' | 'byClass' | 'samples'>
