import { existsSync } from 'node:fs'
import { launchFirefox } from './firefox.ts'
import { launchWebKit } from './webkit.ts'

/** A page in a browser that is not Chromium, with what the tests need of it. */
export interface OtherPage {
  goto(url: string): Promise<void>
  /** Evaluates an expression in the page; a promise is awaited. The value must be JSON. */
  evaluate<T>(expression: string): Promise<T>
  /** Resizes the window's content. @param width,height in CSS pixels */
  resize(width: number, height: number): Promise<void>
  /** Moves the mouse through the points [x, y] with the button down, `milliseconds` apart. */
  drag(points: readonly (readonly [number, number])[], milliseconds: number): Promise<void>
  /** A PNG of what is seen. */
  screenshot(): Promise<Uint8Array>
  close(): Promise<void>
}

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
