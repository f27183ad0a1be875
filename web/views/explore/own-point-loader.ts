import { html } from 'lit'
import { isImageCode } from '../../../models/images/image-code.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { listenForPictures } from '../../lab/dropped-pictures.ts'
import type { OwnPoint } from './own-point.ts'

/**
 * The visitor's own image on the plane. Its script is fetched when an image is in the address, is dropped, or is asked
 * for.
 */
export function createOwnPointLoader(app: AppContext): Pick<OwnPoint, 'on' | 'render'> & { close(): void } {
  let own: OwnPoint | undefined
  async function load(): Promise<OwnPoint> {
    own ??= (await import('./own-point.ts')).createOwnPoint(app)
    app.refresh()
    // The dialog is in the page once it has been rendered: wait for that.
    await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    return own
  }
  const failed = () =>
    app.tell(
      'This part of the page could not be fetched: the server does not answer, or it has a newer page. Reload the page.',
    )
  const stop = listenForPictures(file => {
    load().then(point => point.take(file), failed)
  })
  return {
    on: projection => own?.on(projection),
    render(model, card) {
      if (own) return own.render(model, card)
      if (isImageCode(app.state.x)) load().catch(failed)
      const open = () => load().then(point => point.open(), failed)
      return html`<div class="own-point"><button @click=${open}>Put your own image on the plane…</button></div>`
    },
    close: stop,
  }
}
