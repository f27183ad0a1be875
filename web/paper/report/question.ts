/** A question with its answer in paragraphs and a table of the numbers behind it. */
export interface Question {
  /** Its anchor. */
  slug: string
  title: string
  answer: readonly string[]
  numbers?: Numbers
  /** A figure of the paper that shows it (models/paper/figure-list.ts). */
  figure?: string
}

/** A small table whose first column names the row. */
export interface Numbers {
  caption: string
  head: readonly string[]
  rows: readonly (readonly string[])[]
  /** Whether the cells hold words, which are left-aligned and may have line breaks. */
  words?: boolean
}

/** Shown instead of figures that have not been run yet. */
export const NOT_RUN = 'not run yet'
