import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { costRows, sinkhorn, sinkhornNewton } from '@opt/sinkhorn-sns'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { chromiumPath } from '../../../scripts/lib/chromium.mjs'
import { SOFTWARE_GPU_FLAGS } from '../../../scripts/lib/software-gpu.mjs'

const inChromium = chromiumPath ? describe : describe.skip

const x = Array.from({ length: 30 }, (_, i) => [(i % 6) / 5, Math.floor(i / 6) / 4])
const y = x.map(([u, v]) => [u * u, Math.sqrt(v)])
const even = new Float64Array(30).fill(1 / 30)
const options = { epsilon: 0.02, tolerance: 1e-5 }

interface Answer {
  missing?: string
  answers: { status: string; value: number; cost: number }[]
  weights: number[]
  product: number[]
}

const PAGE = `
import { transpose } from '@opt/core'
import { webgpu } from './src/index.ts'
import { Lion } from '@opt/lion'
import { costRows, sinkhorn, sinkhornNewton } from '@opt/sinkhorn-sns'
globalThis.solve = async ({ x, y, options }) => {
  const gpu = await webgpu().catch((error) => error.message)
  if (typeof gpu === 'string') return { missing: gpu }
  const even = new Float64Array(x.length).fill(1 / x.length)
  const answers = []
  for (const solver of [sinkhorn, sinkhornNewton])
    answers.push(await solver.async(costRows(x, y), even, even, { ...options, backend: gpu }))
  const weights = gpu.array([1, -2, 3, 0])
  const optimizer = new Lion(weights, { backend: gpu, learningRate: 0.25 })
  optimizer.step(gpu.array([1, -1, 0, 2]))
  await optimizer.settled()
  const [A, product] = [gpu.matrix(2, 2, [1, 2, 3, 4]), gpu.matrix(2, 2)]
  gpu.gemm(1, A, transpose(A), product)
  return {
    answers: answers.map(({ status, value, cost }) => ({ status, value, cost })),
    weights: [...(await gpu.read(weights))],
    product: [...(await gpu.read(product.data))],
  }
}
`

inChromium(chromiumPath ? 'in Chromium' : 'in Chromium (which is not on this machine)', () => {
  test('solves, steps and multiplies on WebGPU as the CPU does', async () => {
    const { outputFiles } = await build({
      stdin: { contents: PAGE, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      format: 'esm',
      write: false,
      target: 'es2022',
    })
    const server = createServer((request, response) => {
      const script = request.url === '/page.js'
      response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' })
      response.end(script ? outputFiles[0]!.text : '<script type="module" src="/page.js"></script>')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ['--no-sandbox', ...SOFTWARE_GPU_FLAGS],
    })
    try {
      const page = await browser.newPage()
      page.setDefaultTimeout(600_000)
      const problems: string[] = []
      page.on('pageerror', ({ message }) => problems.push(message))
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      await page.waitForFunction(() => 'solve' in globalThis)
      const { missing, answers, weights, product } = await page.evaluate(
        (input) => (globalThis as unknown as { solve(input: unknown): Promise<Answer> }).solve(input),
        { x, y, options },
      )
      expect(problems).toEqual([])
      if (missing) return void process.stderr.write(`skipped in Chromium: ${missing}\n`)
      const cpu = [sinkhorn, sinkhornNewton].map((solver) => solver(costRows(x, y), even, even, options))
      cpu.forEach(({ value, cost }, k) => {
        expect(answers[k]!.status).toBe('converged')
        expect(Math.abs(answers[k]!.value - value)).toBeLessThan(1e-6)
        expect(Math.abs(answers[k]!.cost - cost)).toBeLessThan(2e-5)
      })
      expect(weights).toEqual([0.75, -1.75, 3, -0.25])
      expect(product).toEqual([5, 11, 11, 25])
    } finally {
      await browser.close()
      server.close()
    }
  })
})
