// In headless Chromium: WebAssembly, the same on an isolated page where jax-js has workers, and WebGPU on SwiftShader.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { chromiumPath } from '../../../scripts/lib/chromium.mjs'
import { SOFTWARE_GPU_FLAGS } from '../../../scripts/lib/software-gpu.mjs'
import type { Device } from '../src/index.ts'
import { relative } from './models.ts'
import { type Answer, work } from './work.ts'

const FLAGS = ['--no-sandbox', ...SOFTWARE_GPU_FLAGS, '--enable-features=Vulkan']

const withChromium = chromiumPath ? describe : describe.skip
const HTML = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

let server: Server
let browser: Browser
let expected: Answer

async function answerOf(device: Device, path = '/'): Promise<Answer & { isolated: boolean }> {
  const page = await browser.newPage()
  page.setDefaultTimeout(600_000)
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
  await page.waitForFunction('globalThis.work')
  const answer = await page.evaluate(async (on) => {
    const { work, crossOriginIsolated } = globalThis as unknown as {
      work(d: string): Promise<Answer>
      crossOriginIsolated: boolean
    }
    return { ...(await work(on)), isolated: crossOriginIsolated }
  }, device)
  await page.close()
  return answer
}

function expectTheSame(answer: Answer): void {
  expect(Math.abs(answer.value / expected.value - 1)).toBeLessThan(1e-5)
  for (const name of ['gradient', 'product', 'norms', 'outputs', 'optax'] as const)
    expect(relative(answer[name], expected[name])).toBeLessThan(2e-5)
  expect(answer.slice).toEqual([1, 0, 0])
}

withChromium(chromiumPath ? 'in Chromium' : 'in Chromium, which was not found: set CHROMIUM to its path', () => {
  beforeAll(async () => {
    expected = await work('wasm')
    const { build } = await import('esbuild')
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
      outdir: '/',
      write: false,
      bundle: true,
      splitting: true,
      format: 'esm',
      logLevel: 'silent',
    })
    const files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
    server = createServer((request, response) => {
      const file = files.get(basename(request.url!))
      const type = file === undefined ? 'text/html' : 'text/javascript'
      const headers = request.url === '/' ? undefined : ISOLATED
      response.writeHead(200, { 'content-type': type, ...headers }).end(file ?? HTML)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { chromium } = await import('playwright-core')
    browser = await chromium.launch({ executablePath: chromiumPath!, args: FLAGS })
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  test('WebAssembly gives what it gives in Node, with and without waiting', async () => {
    const answer = await answerOf('wasm')
    expect(answer).toMatchObject({ device: 'wasm', isolated: false })
    expectTheSame(answer)
    expect(answer.atOnce).toEqual(answer.gradient)
    expect(answer.float64).toEqual([0.2, 0.6])
  })

  test('so it does on an isolated page', async () => {
    const answer = await answerOf('wasm', '/isolated')
    expect(answer).toMatchObject({ device: 'wasm', isolated: true })
    expectTheSame(answer)
    expect(relative(answer.atOnce as number[], answer.gradient)).toBeLessThan(1e-6)
  })

  test('WebGPU gives the same to float32 accuracy, when one waits; else it says how', async () => {
    const page = await browser.newPage()
    page.setDefaultTimeout(600_000)
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const adapter = await page.evaluate(async () => {
      const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } }
      return Boolean(await gpu?.requestAdapter())
    })
    await page.close()
    if (!adapter) return console.warn('WebGPU was not tried: this Chromium has no adapter')
    const answer = await answerOf('webgpu')
    expect(answer.device).toBe('webgpu')
    expect(answer.float64).toBe('Unsupported dtype for WebGPU: float64') // in the words of jax-js
    expectTheSame(answer)
    expect(answer.atOnce).toBe('gradient: on webgpu a read must be awaited, use `await async.gradient(...)`')
  })
})
