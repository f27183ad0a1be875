/** The name of an endpoint for people: a class by its name where the classes are known, `seed:7` as "seed 7". */
export function nameEndpoint(text: string, classes: readonly string[] = []): string {
  const colon = text.indexOf(':')
  const [kind, rest] = [text.slice(0, colon), text.slice(colon + 1).trim()]
  if (kind === 'class') return classes[Number(rest)] ?? rest
  if (kind === 'seed') return `seed ${rest}`
  const numbers = rest.split(',').map(Number)
  return numbers.length > 3 ? 'z' : `(${numbers.map(v => +v.toFixed(2)).join(', ')})`
}
