import css from './element.css?inline'

/** Gives shadow roots the element's style sheet. */
export interface StyleSheets {
  apply(root: ShadowRoot): void
}

/**
 * One constructed style sheet a document, which no Content Security Policy refuses. A sheet belongs to the document it
 * was constructed in: an element that moves to another document needs another.
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
        sheet.replaceSync(css)
        sheets.set(document, sheet)
      }
      root.adoptedStyleSheets = [sheet]
    },
  }
}
