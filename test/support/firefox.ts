import puppeteer from 'puppeteer-core'
import type { OtherPage } from './other-page.ts'

/** Starts Firefox, headless, driven by WebDriver BiDi. */
export async function launchFirefox(executablePath: string): Promise<OtherPage> {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true })
  const page = await browser.newPage()
  return {
    async goto(url) {
      await page.goto(url)
    },
    evaluate: expression => page.evaluate(expression) as never,
    resize: (width, height) => page.setViewport({ width, height }),
    async drag([first, ...rest], milliseconds) {
      await page.mouse.move(first[0], first[1])
      await page.mouse.down()
      for (const [x, y] of rest) {
        await page.mouse.move(x, y)
        await new Promise(resolve => setTimeout(resolve, milliseconds))
      }
      await page.mouse.up()
    },
    screenshot: () => page.screenshot(),
    close: () => browser.close(),
  }
}
