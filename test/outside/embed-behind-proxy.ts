import { launchBrowser } from '../support/browser.ts'

/** Opens an https page with the iframe that a server's oEmbed answer gives, and says whether the element in it is ready. */
const [home] = process.argv.slice(2)
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
const link = `${home}/embed?model=default&from=seed:1&to=seed:2&engine=edge`
const { html } = (await (await fetch(`${home}/oembed?${new URLSearchParams({ url: link })}`)).json()) as {
  html: string
}

const browser = await launchBrowser()
try {
  // Chrome lets a page of the internet load from this machine only with this permission.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, permissions: ['local-network-access'] })
  const page = await context.newPage()
  const refused: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') refused.push(message.text())
  })
  await page.route('https://blog.example/', route => route.fulfill({ contentType: 'text/html', body: html }))
  await page.goto('https://blog.example/')
  const element = page.frameLocator('iframe').locator('latent-interpolation')
  const shown = await element
    .locator('canvas')
    .first()
    .waitFor({ timeout: 15_000 })
    .catch(() => 'no canvas is shown')
  console.log(refused.length === 0 && !shown ? 'frame ready' : [shown, ...refused].join('\n'))
} finally {
  await browser.close()
}
