import { html, type TemplateResult } from 'lit'

/** A table with its caption above, in a box that scrolls if the table is wider than the page. */
export function tableBox(
  caption: string,
  kind: 'both' | 'compact' | 'compact words' | 'compact words stacked' | 'matrix',
  content: TemplateResult,
): TemplateResult {
  return html`<div class="captioned">
    <p class="caption">${caption}</p>
    <div class="table-box" tabindex="0" role="region" aria-label=${caption}>
      <table class=${kind} role="table" aria-label=${caption}>
        ${content}
      </table>
    </div>
  </div>`
}
