import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver } from 'playwright-core'

/** Flags of Chromium for its software adapter, and for the machine's Vulkan driver. */
const WEBGPU_FLAGS = {
  software: ['--enable-unsafe-webgpu'],
  hardware: [
    '--enable-unsafe-webgpu',
    '--enable-features=Vulkan',
    '--use-angle=vulkan',
    '--disable-vulkan-surface',
    '--ignore-gpu-blocklist',
  ],
}

/**
 * Starts the Chromium that comes by npm, headless. Close it when done.
 *
 * @param options.webgpu the WebGPU adapter: in software (SwiftShader, right but slow), or the machine's GPU by its Vulkan
 * driver; without it `requestAdapter()` gives null
 */
export async function launchBrowser(options: { webgpu?: keyof typeof WEBGPU_FLAGS } = {}): Promise<Browser> {
  return driver.launch({
    executablePath: await chromium.executablePath(),
    headless: true,
    // In the POSIX locale this Chromium calls its language en-US@posix, which its own Intl refuses.
    env: {
      ...process.env,
      ...(options.webgpu === 'hardware' && hardwareDrivers()),
      LANG: 'en_US.UTF-8',
      LC_ALL: 'en_US.UTF-8',
      LANGUAGE: 'en_US',
    },
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      ...(options.webgpu ? WEBGPU_FLAGS[options.webgpu] : []),
    ],
  })
}

/**
 * Settings with which a headless Chromium computes on the machine's GPU. NVIDIA's driver lacks VK_EXT_headless_surface,
 * without which Chromium starts no GPU process at all. With SwiftShader as a second driver the extension is there: the
 * page is then drawn in software, and WebGPU takes the hardware.
 */
function hardwareDrivers(): Record<string, string> {
  const folders = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d']
  const installed = folders
    .filter(folder => existsSync(folder))
    .flatMap(folder => readdirSync(folder).map(name => path.join(folder, name)))
  return {
    VK_DRIVER_FILES: [...installed, path.join(tmpdir(), 'vk_swiftshader_icd.json')].join(':'),
    ANGLE_PREFERRED_DEVICE: 'SwiftShader Device (Subzero)',
  }
}
