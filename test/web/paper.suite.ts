import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../edge/node/build.ts'
import type { Report, ReportRow } from '../../models/paper/report.ts'
import { isMet, misses, verdictOf } from '../../models/paper/verdict.ts'
import { open, settle, VIEWS } from './opening.ts'
import { openPage, type Site, TRAINED } from './site.ts'

/** The words of a table's lines, cell by cell. */
function cells(page: Page, section: string): Promise<string[][]> {
  return page
    .locator(`${section} tbody tr`)
    .evaluateAll(rows =>
      rows.map(row => [...row.children].map(cell => (cell.textContent ?? '').replace(/\s+/g, ' ').trim())),
    )
}

/** The cells that a row must have: folds, validation and test of ours, the paper's test, and the mark. */
function expected({ ours, paper, loss, table }: ReportRow, atMu = false): unknown[] {
  const decimals = loss === 'bce' ? 4 : 5
  const theirs = `${paper.test.mean.toFixed(table === 1 ? 4 : 3)} ± ${paper.test.std.toFixed(5)}`
  if (!ours) return ['–', '–', '–', theirs, 'not run yet']
  const { validation, test } = (atMu && ours.atMu) || ours
  const [held, tested] = [validation, test].map(
    ({ mean, std }) => mean.toFixed(decimals) + (std === null ? '' : ` ± ${std.toFixed(5)}`),
  )
  const met = isMet(table, paper.test.mean, test.mean)
  const mark = `${verdictOf(table, paper.test, test)}${met ? '' : ' not met'}`
  return [`${ours.n}/${ours.folds}`, held, tested, theirs, expect.stringMatching(new RegExp(`. ${mark}$`))]
}

/** That what the page says is what the committed report says. */
export function paperSuite(site: () => Site, browser: () => Browser): void {
  describe('the Paper page', () => {
    let report: Report
    beforeAll(async () => {
      report = JSON.parse(await readFile(path.join(ROOT, 'models/paper/report.json'), 'utf8'))
    })
    const rowsOf = (table: number, dataset: ReportRow['dataset']) =>
      report.rows.filter(row => row.table === table && row.dataset === dataset)
    const shown = (lines: string[][]) => lines.map(line => [1, 2, 4, 5, 6].map(i => line[i]))

    test('the Paper page shows the report’s counts, what is met in each table, and each figure that is not met', async () => {
      const { page, faults, close } = await openPage(browser())
      await open(page, site().url, VIEWS.paper.query, VIEWS.paper.ready)
      const { tally, rows } = report
      expect(await page.locator('.tally').innerText()).toContain(
        tally.run === 0
          ? `None of the paper’s ${tally.of}`
          : `${tally.met} of the paper’s ${tally.of} figures`,
      )
      const counts = (await cells(page, '.matrix'))
        .flat()
        .flatMap(text => /(\d+)\/(\d+) met/.exec(text) ?? [])
      const sum = (place: number) =>
        counts.filter((_, i) => i % 3 === place).reduce((total, n) => total + Number(n), 0)
      expect([sum(1), sum(2)]).toEqual([rows.filter(row => row.met).length, rows.length])
      const missed = misses(rows)
      if (missed.length > 8) await page.locator('#verdict .more summary').click()
      const listed = (await cells(page, '#verdict .compact:not(.words)')).map(line => [line[3], line[4]])
      expect(listed).toEqual(
        missed.map(({ row }) => [String(row.table), row.ours!.test.mean.toFixed(row.loss === 'bce' ? 4 : 5)]),
      )
      expect(faults).toEqual([])
      await close()
    })

    test('the Paper page shows the report’s numbers for the loss, data and z in the address', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, VIEWS.paper.query, VIEWS.paper.ready)
      expect(shown(await cells(page, '#layers'))).toEqual(rowsOf(6, 'mnist').map(row => expected(row)))
      expect(shown(await cells(page, '#priors'))).toEqual(rowsOf(1, 'mnist').map(row => expected(row)))
      await page.getByRole('radio', { name: 'L1' }).check()
      await page.getByRole('radio', { name: 'FreyFace' }).check()
      await page.getByRole('radio', { name: 'z = mu' }).check()
      await page.waitForURL(/loss=l1&data=freyFace&latent=mu/)
      const atMu = rowsOf(8, 'freyface').map(row => expected(row, true))
      expect(shown(await cells(page, '#layers'))).toEqual(atMu)
      await page.reload()
      await page.locator(VIEWS.paper.ready).waitFor()
      expect(shown(await cells(page, '#layers'))).toEqual(atMu)
      expect(shown(await cells(page, '#latent-size'))).toEqual(
        rowsOf(5, 'freyface').map(row => expected(row, true)),
      )
      await close()
    })

    test('the Paper page links counts to their tables and models to Explore, and a link to a section opens there', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, VIEWS.paper.query, VIEWS.paper.ready)
      await page.locator('.matrix tbody tr').nth(6).locator('a').nth(1).click()
      await page.waitForURL(/loss=mse&data=fashionMnist/)
      await expect
        .poll(() => page.locator('#layers').evaluate(element => element.getBoundingClientRect().top))
        .toBeLessThan(200)
      await page.goBack()
      await page.locator('#priors').getByRole('link').first().click()
      await page.locator('.decoded canvas').waitFor()
      expect(page.url()).toContain(`model=${TRAINED}`)
      await open(page, site().url, `${VIEWS.paper.query}#collapse`, VIEWS.paper.ready)
      await settle(page)
      expect(
        await page.locator('#collapse').evaluate(element => element.getBoundingClientRect().top),
      ).toBeLessThan(60)
      await close()
    })

    test('on a phone, each finding has its grade in view, and keeps its place in a table of rows and cells', async () => {
      const { page, close } = await openPage(browser(), { viewport: { width: 390, height: 800 } })
      await open(page, site().url, VIEWS.paper.query, VIEWS.paper.ready)
      const rows = page.locator('#findings + .captioned').getByRole('row')
      const grades = rows.locator('td:last-child')
      expect(await grades.count()).toBeGreaterThan(0)
      for (const grade of await grades.all()) {
        await expect.poll(async () => (await grade.boundingBox())!.x).toBeGreaterThanOrEqual(0)
        const { x, width } = (await grade.boundingBox())!
        expect(x + width).toBeLessThanOrEqual(390)
      }
      expect(await rows.nth(1).getByRole('cell').count()).toBe(3)
      await close()
    })

    test('the Paper page copies the command that trains a row again, or shows it', async () => {
      const { page, close } = await openPage(browser(), {
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      await open(page, site().url, VIEWS.paper.query, VIEWS.paper.ready)
      const ran = report.rows.find(row => row.ours && row.table < 3)
      const button = page.locator('#priors .command, #betas .command').first()
      expect(await button.count()).toBe(ran ? 1 : 0)
      if (ran) {
        await button.click()
        const copied = () => page.evaluate(() => navigator.clipboard.readText())
        await expect.poll(copied).toBe(`npm run replicate -- ${ran.id}`)
        await page.evaluate(() => {
          navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))
        })
        await button.press('Enter')
        await page.locator('.answer').getByText(`npm run replicate -- ${ran.id}`).waitFor()
      }
      await close()
    })
  })
}
