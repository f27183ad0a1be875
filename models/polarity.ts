/**
 * Polarity of a data set's images: ink on a darker background (MNIST), ink on a lighter background (scanned leaves), or
 * photographs, in which neither black nor white is the background.
 */
export const POLARITIES = ['light-on-dark', 'dark-on-light', 'photograph'] as const

/** The polarity of a data set's images. */
export type Polarity = (typeof POLARITIES)[number]

/** The polarity of the known data sets, for cards that do not state one. */
const KNOWN: Readonly<Record<string, Polarity>> = { freyface: 'photograph' }

/** The polarity that a card states; for cards written before they stated it, that of their data set. */
export function polarityOf(dataset: { name: string; polarity?: Polarity }): Polarity {
  return dataset.polarity ?? KNOWN[dataset.name] ?? 'light-on-dark'
}
