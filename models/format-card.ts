import type { Card } from './card.ts'

/** The text of card.json: indented JSON with each list of numbers on one line. */
export function formatCard(card: Card): string {
  const text = JSON.stringify(card, null, 2).replace(/\[[-\d.e,+\s]+\]/g, list =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  )
  return `${text}\n`
}
