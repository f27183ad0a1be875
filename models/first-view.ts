import type { Card } from './card.ts'

/*
 * What the page shows first. The server names it in the page's head, so that the browser fetches it while the page's
 * script is still on its way.
 */

/** The point that is shown of a model before anybody has moved it: the mean of the first class, or of all images. */
export function firstPoint({ latent: { classes, whole } }: Card): readonly number[] {
  return (classes[0] ?? whole).mean
}

/**
 * The API's operation and query for a picture of a point, which the page shows until it has decoded the point itself.
 *
 * @param z [D_z]
 * @param label index of the class that a conditional model decodes z with
 */
export function pointQuery({ architecture, dataset }: Card, z: Float32Array, label: number): string {
  const told =
    architecture.classes === undefined ? '' : `&class=${encodeURIComponent(dataset.classes[label])}`
  return `decode?z=${Array.from(z, value => Number(value.toFixed(4)))}${told}&scale=8`
}

/** MNIST test images in each of the sheets that are served beside the page. */
export const MNIST_SHEET_IMAGES = 100
/** The address of a sheet of MNIST's test images, relative to the page. */
export const mnistSheet = (sheet: number) => `images/mnist-test-${sheet}.png`
