import type { Attributes } from './code.ts'

/** An example of the gallery: what to show, and what to say about it. */
export interface Example {
  title: string
  says: string
  /** What it is shown as, by its name in the list of codes. */
  as: 'HTML' | 'iframe' | 'img'
  attributes: Attributes
  /** What stands in the element. */
  inner?: string
  /** A style sheet that goes with it. */
  css?: string
}

/** The gallery's examples for a model. @param classes names of its classes; without them, seeds take their place */
export function examplesFor(model: string, classes: readonly string[]): Example[] {
  const stop = (index: number) => (classes.length > index ? `class:${index}` : `seed:${index + 1}`)
  const path = { model, from: stop(3), to: stop(8) }
  const square = [0, 1, 7, 9].map(stop).join(';')
  return [
    {
      title: 'A path',
      says: 'Drag across the picture, or use the arrow keys. Nothing of the model is fetched before someone does.',
      as: 'HTML',
      attributes: path,
    },
    {
      title: 'With controls and a caption',
      says: 'A button, a bar, and a place for words of your own. All of it takes your page’s font and colour.',
      as: 'HTML',
      attributes: { model, from: stop(4), to: stop(9), controls: '' },
      inner: '\n  <span slot="caption">Where does a four end and a nine begin?</span>\n',
    },
    {
      title: 'A square',
      says: 'Four corners and everything between them. Drag in both directions, or use all four arrow keys.',
      as: 'HTML',
      attributes: { model, corners: square, controls: '' },
    },
    {
      title: 'Playing by itself',
      says: 'There and back for as long as it can be seen. It keeps still for those who asked their system for less motion.',
      as: 'HTML',
      attributes: { model, from: stop(6), to: stop(1), autoplay: '', loop: '' },
    },
    {
      title: 'In your colours',
      says: 'Custom properties for the common wishes, parts for the rest.',
      as: 'HTML',
      attributes: { ...path, from: stop(2), to: stop(6), controls: '', theme: 'light' },
      css: `latent-interpolation.mine {
  --latent-paper: #f7d9c4;
  --latent-accent: #b23a09;
  --latent-radius: 50%;
  --latent-rendering: auto;
}`,
    },
    {
      title: 'In a frame',
      says: 'For pages that allow no script of others: the same options in the address, sandboxed.',
      as: 'iframe',
      attributes: { model, from: stop(9), to: stop(0), controls: '' },
    },
    {
      title: 'As a picture',
      says: 'An animated PNG where not even a frame is allowed, as in a README or a mail.',
      as: 'img',
      attributes: { model, from: stop(7), to: stop(1) },
    },
  ]
}
