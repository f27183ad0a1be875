import { html, type TemplateResult } from 'lit'

/** A table in a box that scrolls where the table is wider than the page, with its caption above. */
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
