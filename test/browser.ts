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
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...(options.webgpu ? ['--enable-unsafe-webgpu'] : [])],
  })
}
