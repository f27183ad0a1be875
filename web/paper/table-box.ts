import { html, type TemplateResult } from 'lit'

/** A table that scrolls in a box of its own where it is wider than the page, with its caption above and in full. */
export function tableBox(
  caption: string,
  kind: 'both' | 'compact' | 'compact words' | 'matrix',
  content: TemplateResult,
): TemplateResult {
  return html`<div class="captioned">
    <p class="caption">${caption}</p>
    <div class="table-box" tabindex="0" role="region" aria-label=${caption}>
      <table class=${kind} aria-label=${caption}>
        ${content}
      </table>
    </div>
  </div>`
}
