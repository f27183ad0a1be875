import { type Endpoint, nameEndpoint } from './endpoints.ts'

/**
 * Title of a path through a latent space: "A 4 on its way to a 9" for two classes, "From seed 3 to (0.5, -1)" for other
 * ends, "Between 0, 7, 1 and 3" for four corners.
 */
export function pathTitle(stops: readonly Endpoint[], classes: readonly string[]): string {
  const names = stops.map(stop => nameEndpoint(stop, classes))
  if (names.length > 2) return `Between ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  if (stops.every(stop => 'class' in stop))
    return capital(`${article(names[0])} on its way to ${article(names[1])}`)
  return `From ${names[0]} to ${names[1]}`
}

/** "a 4", "an 8", "an Ankle boot". */
function article(name: string): string {
  return `${/^([aeio]|8|11$|18$)/i.test(name) ? 'an' : 'a'} ${name}`
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1)
}
