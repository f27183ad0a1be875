import type { Uniform } from '../../../models/random.ts'
import type { FilledRequest } from '../client/client.ts'
import type { Draw, RequestKind } from '../client/request-kind.ts'

const PLACEHOLDER = /\{([A-Za-z_]\w*)\}/g

/** The names of a template's placeholders. */
export function placeholders(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(match => match[1])
}

/** A request of a kind with a value drawn for each placeholder. */
export function fillRequest(
  { method, path, headers = {}, body }: RequestKind,
  values: Readonly<Record<string, Draw>>,
  uniform: Uniform,
): FilledRequest {
  const fill = (template: string) =>
    template.replace(PLACEHOLDER, (text, name: string) =>
      values[name] ? drawValue(values[name], uniform) : text,
    )
  return {
    method,
    path: fill(path),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)])),
    ...(body !== undefined && { body: typeof body === 'string' ? Buffer.from(fill(body)) : body }),
  }
}

function drawValue(draw: Draw, uniform: Uniform): string {
  if ('choice' in draw) return encodeURIComponent(draw.choice[Math.floor(uniform() * draw.choice.length)])
  if ('integer' in draw) {
    const [low, high] = draw.integer
    return String(low + Math.floor(uniform() * (high - low + 1)))
  }
  const [low, high] = draw.number
  return (low + uniform() * (high - low)).toFixed(draw.decimals ?? 3)
}
