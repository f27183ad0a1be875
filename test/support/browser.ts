import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver } from 'playwright-core'

/**
 * Starts the Chromium that comes by npm, headless. Close it when done.
 *
 * @param options.webgpu with a WebGPU adapter in software (SwiftShader, right but slow); without it `requestAdapter()`
 * gives null
 */
export async function launchBrowser(options: { webgpu?: boolean } = {}): Promise<Browser> {
  return driver.launch({
    executablePath: await chromium.executablePath(),
    headless: true,
    // In the POSIX locale this Chromium calls its language en-US@posix, which its own Intl refuses.
    env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8', LANGUAGE: 'en_US' },
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...(options.webgpu ? ['--enable-unsafe-webgpu'] : [])],
  })
}
