// A page bundled by esbuild in a headless Chromium, on the cpu, WebGL and WebGPU backends.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { near } from '@opt/testing'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../../../scripts/lib/chromium.mjs'
import { SOFTWARE_GPU_FLAGS } from '../../../scripts/lib/software-gpu.mjs'
import { tf } from './setting.ts'

interface Trained {
  backend: string
  grown: number
  changed: boolean
  losses: number[]
  weights: number[]
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const describeWithChromium = chromiumPath ? describe : describe.skip

describeWithChromium(chromiumPath ? 'in Chromium' : 'in Chromium: skipped, it is not there', () => {
  let server: Server
  let browser: Browser
  let page: Page
  let inNode: Trained

  beforeAll(async () => {
    const { train } = (await import('./page.mjs' as string)) as { train(backend: string): Promise<Trained> }
    inNode = await train('cpu')
    expect(tf.getBackend()).toBe('cpu')
    const { outputFiles } = await build({
      entryPoints: [here('./page-entry.mjs')],
      bundle: true,
      format: 'esm',
      write: false,
      logLevel: 'silent',
    })
    const script = outputFiles[0]!.text
    server = createServer(({ url }, response) => {
      response.writeHead(200, { 'content-type': url === '/' ? 'text/html' : 'text/javascript' })
      response.end(
        url === '/'
          ? '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'
          : script,
      )
    }).listen(0, '127.0.0.1')
    const args = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
    args.push(...SOFTWARE_GPU_FLAGS, '--enable-features=Vulkan')
    browser = await chromium.launch({ executablePath: chromiumPath!, args })
    page = await browser.newPage()
    page.setDefaultTimeout(600_000)
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.train !== undefined')
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  const expectSame = (trained: Trained, backend: string) => {
    expect(trained).toMatchObject({ backend, grown: 0, changed: false })
    near([trained.losses, trained.weights], [inNode.losses, inNode.weights], { absolute: 1e-4 })
    expect(trained.losses.at(-1)!).toBeLessThan(trained.losses[0]!)
  }

  test.each(['cpu', 'webgl'])(
    '%s: the same steps as in Node, no tensor left behind, clones untouched',
    async (backend) => {
      expectSame((await page.evaluate(`train('${backend}')`)) as Trained, backend)
      expectSame((await page.evaluate(`train('${backend}', true)`)) as Trained, backend)
    },
  )

  test('webgpu: minimizeAsync takes the same steps; minimize does too, or says that it cannot read', async () => {
    if (!(await page.evaluate('hasWebGpu()'))) {
      console.warn('skipped: this Chromium has no WebGPU adapter')
      return
    }
    expectSame((await page.evaluate(`train('webgpu', true)`)) as Trained, 'webgpu')
    const sync = (await page.evaluate(`train('webgpu').catch(String)`)) as Trained | string
    if (typeof sync === 'string')
      expect(sync).toMatch(/backend must be one that reads tensors synchronously.*got webgpu/)
    else expectSame(sync, 'webgpu')
  })
})
