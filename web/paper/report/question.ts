/** A question, answered in paragraphs from the report's numbers, with the numbers under them. */
export interface Question {
  /** Its anchor. */
  slug: string
  title: string
  answer: readonly string[]
  numbers?: Numbers
  /** A figure of the paper that shows it (models/paper/figure-list.ts). */
  figure?: string
}

/** A small table: its first column names the line. */
export interface Numbers {
  caption: string
  head: readonly string[]
  rows: readonly (readonly string[])[]
  /** Its cells are words, which start at the left and may take several lines. */
  words?: boolean
}

/** What is said of a run that is not there yet. */
export const NOT_RUN = 'not run yet'
