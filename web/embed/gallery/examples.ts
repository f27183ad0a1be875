import { EXAMPLE_PATH, exampleEndpoint } from '../../../models/first-view.ts'
import type { Attributes } from './snippets.ts'

/** An example of the gallery. */
export interface Example {
  title: string
  description: string
  /** How it is put on the page: the name of a snippet. */
  snippet: 'HTML' | 'iframe' | 'img'
  attributes: Attributes
  /** Markup inside the element. */
  content?: string
  css?: string
}

/** The examples for a model. @param classes names of its classes; may be empty */
export function examplesFor(model: string, classes: readonly string[]): Example[] {
  const endpoint = (index: number) => exampleEndpoint(index, classes)
  const [from, to] = EXAMPLE_PATH.map(endpoint)
  const path = { model, from, to }
  const writesDigits = [...'0256'].every(digit => classes.includes(digit))
  const corners = [0, 1, 7, 9].map(endpoint).join(';')
  return [
    {
      title: 'A path',
      description:
        'Drag across the image, or use the arrow keys. The model is fetched only when a reader does so.',
      snippet: 'HTML',
      attributes: path,
    },
    {
      title: 'With controls and a caption',
      description: 'A button, a slider and a caption. They take your page’s font and colour.',
      snippet: 'HTML',
      attributes: { model, from: endpoint(4), to: endpoint(9), controls: '' },
      content: '\n  <span slot="caption">Where does one end and the other begin?</span>\n',
    },
    ...(writesDigits
      ? [
          {
            title: 'A text',
            description: 'It counts up to a number when it plays, or turns one text into the next.',
            snippet: 'HTML' as const,
            attributes: { model, text: '2025;2026', scale: '3', controls: '' },
          },
        ]
      : []),
    {
      title: 'A square',
      description:
        'Four corners and everything between them. Drag in both directions, or use all four arrow keys.',
      snippet: 'HTML',
      attributes: { model, corners, controls: '' },
    },
    {
      title: 'Autoplay',
      description:
        'Plays back and forth while it is visible. It does not start by itself for readers who prefer reduced motion.',
      snippet: 'HTML',
      attributes: { model, from: endpoint(6), to: endpoint(1), autoplay: '', loop: '' },
    },
    {
      title: 'Your colours',
      description: 'Custom properties for colours and corners, parts for everything else.',
      snippet: 'HTML',
      attributes: { ...path, from: endpoint(2), to: endpoint(6), controls: '', theme: 'light' },
      css: `latent-interpolation.mine {
  --latent-paper: #f7d9c4;
  --latent-accent: #b23a09;
  --latent-radius: 50%;
  --latent-rendering: auto;
}`,
    },
    {
      title: 'In an iframe',
      description: 'For pages that allow no third-party script: the same options in the URL, sandboxed.',
      snippet: 'iframe',
      attributes: { model, from: endpoint(9), to: endpoint(0), controls: '' },
    },
    {
      title: 'As an image',
      description: 'An animated PNG for places that allow no iframe, such as a README or an email.',
      snippet: 'img',
      attributes: { model, from: endpoint(7), to: endpoint(1) },
    },
  ]
}
