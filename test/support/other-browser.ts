import { existsSync } from 'node:fs'
import { launchFirefox } from './firefox.ts'
import type { OtherPage } from './other-page.ts'
import { launchWebKit } from './webkit.ts'

const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox']
const WEBKIT = ['/usr/bin/WebKitWebDriver']
const XVFB = '/usr/bin/Xvfb'

/** A browser that Debian's packages have installed here, or why it is missing. */
export interface OtherBrowser {
  name: 'Firefox' | 'WebKit'
  missing: string | undefined
  launch(): Promise<OtherPage>
}

/** Firefox (package firefox-esr) and WebKitGTK (packages webkit2gtk-driver and xvfb). */
export const OTHER_BROWSERS: readonly OtherBrowser[] = [
  {
    name: 'Firefox',
    missing: FIREFOX.some(existsSync) ? undefined : 'firefox-esr is not installed',
    launch: () => launchFirefox(FIREFOX.find(existsSync) as string),
  },
  {
    name: 'WebKit',
    missing:
      WEBKIT.some(existsSync) && existsSync(XVFB)
        ? undefined
        : 'webkit2gtk-driver and xvfb are not installed',
    launch: () => launchWebKit(WEBKIT[0], XVFB),
  },
]

/** Evaluates `expression` every 50 ms until it is truthy. @throws Error when that takes longer than `timeout` ms */
export async function waitUntil(page: OtherPage, expression: string, timeout = 30_000): Promise<void> {
  const until = Date.now() + timeout
  while (!(await page.evaluate<boolean>(`Boolean(${expression})`))) {
    if (Date.now() > until) throw new Error(`still false after ${timeout / 1000} s: ${expression}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
