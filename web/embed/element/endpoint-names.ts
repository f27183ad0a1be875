import { nameEndpoint, parseEndpoint } from '../../../models/latent/endpoints.ts'
import type { Options } from '../options/attributes.ts'

/** The names of a path's ends or of a square's corners. @param classes as in `shortEndpointName` */
export function pathNames({ endpoints, texts }: Options, classes?: readonly string[]): string[] {
  if (texts.length === 0) return endpoints.map(text => shortEndpointName(text, classes))
  return [texts.length === 1 ? 'start' : texts[0], texts[texts.length - 1]]
}

/**
 * An endpoint's name as people read it, such as "3", "seed 7" or "(0.5, −1.2)".
 *
 * @param classes names of the model's classes; empty until its card is loaded
 */
function shortEndpointName(text: string, classes: readonly string[] = []): string {
  const endpoint = parseEndpoint(text)
  // More numbers would not fit beside a slider.
  if ('z' in endpoint && endpoint.z.length > 3) return 'z'
  if ('class' in endpoint && classes.length === 0) return String(endpoint.class)
  return nameEndpoint(endpoint, classes)
}
