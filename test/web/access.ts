import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** The violations that axe-core finds on the page in its present state. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const results = await (globalThis as unknown as { axe: typeof axe }).axe.run(document)
    return results.violations.map(v => `${v.id}: ${v.nodes.map(node => node.html.slice(0, 120)).join(' | ')}`)
  })
}

/** Number of controls that Tab should stop at; radio buttons of one name are one stop. */
export function countStops(page: Page): Promise<number> {
  return page.evaluate(() => {
    const all = document.querySelectorAll('a[href], button:enabled, select, input, summary, [tabindex="0"]')
    const groups = new Set<string>()
    return [...all].filter(element => {
      if (!element.checkVisibility()) return false
      if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true
      return !groups.has(element.name) && groups.add(element.name)
    }).length
  })
}

/** Presses Tab, and returns the number of elements reached and those of them without a visible focus. */
export async function walk(page: Page, presses: number): Promise<{ reached: number; unseen: string[] }> {
  const unseen: string[] = []
  await page.evaluate(() => {
    ;(globalThis as { seen?: Set<Element> }).seen = new Set()
  })
  for (let i = 0; i < presses; i++) {
    await page.keyboard.press('Tab')
    const hidden = await page.evaluate(() => {
      const { seen } = globalThis as unknown as { seen: Set<Element> }
      const element = document.activeElement as HTMLElement
      if (element === document.body || seen.has(element)) return undefined
      seen.add(element)
      const stands = element.matches('.choices input') ? element.nextElementSibling : element.closest('.file')
      const style = getComputedStyle(stands ?? element)
      return style.outlineStyle === 'none' || Number.parseFloat(style.outlineWidth) < 2
        ? element.outerHTML
        : undefined
    })
    if (hidden) unseen.push(hidden)
  }
  return {
    reached: await page.evaluate(() => (globalThis as unknown as { seen: Set<Element> }).seen.size),
    unseen,
  }
}
