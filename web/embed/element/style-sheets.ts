import controls from './controls.css?inline'
import element from './element.css?inline'

/** Applies the element's style sheet to shadow roots. */
export interface StyleSheets {
  apply(root: ShadowRoot): void
}

/**
 * Creates one constructed style sheet for each document; no Content Security Policy refuses these. A sheet belongs to
 * the document that it was constructed in, so an element that moves to another document needs another sheet.
 */
export function createStyleSheets(): StyleSheets {
  const sheets = new WeakMap<Document, CSSStyleSheet>()
  return {
    apply(root) {
      const document = root.ownerDocument
      const view = document.defaultView as (Window & typeof globalThis) | null
      if (!view) return
      let sheet = sheets.get(document)
      if (!sheet) {
        sheet = new view.CSSStyleSheet()
        sheet.replaceSync(element + controls)
        sheets.set(document, sheet)
      }
      root.adoptedStyleSheets = [sheet]
    },
  }
}
