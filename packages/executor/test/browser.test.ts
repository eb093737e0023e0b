// A page bundled by esbuild, in a headless Chromium: what users of webWorkers have.
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../../../scripts/lib/chromium.mjs'
import { inProcess, type TaskFunction, task } from '../dist/index.js'
import { kinds } from './tasks/odd.mjs'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The page's script, the package's own worker script beside it, and a worker script that bundles its tasks. */
async function bundle(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: {
      page: here('./tasks/page.mjs'),
      'web-worker': here('../dist/web-worker.js'),
      bundled: here('./tasks/bundled-worker.mjs'),
    },
    bundle: true,
    format: 'esm',
    outdir: '/',
    write: false,
  })
  const files = new Map(outputFiles.map(({ path, text }) => [path, text]))
  files.set('/tasks.mjs', readFileSync(here('./tasks/tasks.mjs'), 'utf8'))
  files.set('/odd.mjs', readFileSync(here('./tasks/odd.mjs'), 'utf8'))
  files.set('/page-deaths.mjs', readFileSync(here('./tasks/page-deaths.mjs'), 'utf8'))
  files.set('/', '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>')
  return files
}

const describeWithChromium = chromiumPath ? describe : describe.skip

describeWithChromium(chromiumPath ? 'webWorkers in Chromium' : 'webWorkers: skipped, there is no Chromium', () => {
  let server: Server
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    const files = await bundle()
    server = createServer(({ url }, response) => {
      const text = files.get(url!)
      response.writeHead(text === undefined ? 404 : 200, {
        'content-type': url === '/' ? 'text/html' : 'text/javascript',
      })
      response.end(text)
    }).listen(0, '127.0.0.1')
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] })
    page = await browser.newPage()
    page.setDefaultTimeout(600_000)
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.checks !== undefined')
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  const check = (name: string) => page.evaluate(`checks['${name}']()`)

  test('the same bits as in Node, in order, for 1, 2 and 3 workers; progress counts', async () => {
    const noise = task<TaskFunction<{ seed: number; size: number }, Float64Array>>(
      new URL('./tasks/tasks.mjs', import.meta.url),
      'noise',
    )
    const arrays = await inProcess().map(
      noise,
      Array.from({ length: 20 }, (_, seed) => ({ seed, size: 500 + 10 * seed })),
    )
    const expected = arrays.map((array) => [...new Uint32Array(array.slice().buffer)])
    expect(await check('bits')).toEqual([expected, expected, expected, expected])
    expect(await check('progress')).toEqual([1, 2, 3, 4])
  })

  test('a worker script that bundles its tasks by name', async () => {
    expect(await check('bundled')).toEqual([1, 4, 9])
    expect(await check('bundledOnly')).toMatch(/modules has no http:.*tasks\.mjs; it has tasks/)
  })

  test('errors name the input and the reason', async () => {
    expect(await check('throws')).toEqual([
      2,
      'map: oddThrows failed on inputs[2]: 5 is odd',
      'RangeError',
      'the cause',
    ])
    expect(await check('input')).toMatch(/inputs\[0\]: the input cannot be cloned/)
    expect(await check('output')).toMatch(/inputs\[0\]: the output cannot be cloned/)
    expect(await check('script')).toBe(
      'map: square was given up on inputs[0]: its worker died in each of 3 attempts (the worker script did not load)',
    )
  })

  test('values that cannot be cloned are described; other messages are ignored', async () => {
    expect(await check('noWorker')).toBe('map: square failed on inputs[0]: no worker could be started: blocked')
    expect(await check('foreign')).toEqual([1, 4, 9])
    const said = (await check('odd')) as string[]
    expect(said).toHaveLength(3 * kinds.length)
    for (const words of said) expect(words).toMatch(/^fulfilled$|^map: \w+ failed on inputs\[0\]: ./)
  })

  test('the work of a worker that closes itself or dies is redone, and given up when that repeats', async () => {
    expect(await check('closes')).toBe(
      'map: closes was given up on inputs[0]: its worker died in each of 2 attempts (the worker closed itself)',
    )
    expect(await check('strays')).toMatch(
      /^map: strays was given up on inputs\[0\]: its worker died in each of 2 attempts \(.*stray\)/,
    )
    expect(await check('closesOnce')).toEqual([0, 1, 4, 9, 16, 25])
  })

  test('abort ends workers in the middle of a task; close ends maps; two maps do not mix', async () => {
    expect(await check('abort')).toEqual(['enough', [25]])
    expect(await check('close')).toEqual(['webWorkers: the executor was closed', 'webWorkers: the executor was closed'])
    expect(await check('twoMaps')).toBe(true)
    expect(complaints).toEqual([])
  })
})

test('refuses a wrong number of workers', async () => {
  const { webWorkers } = await import('../src/index.ts')
  expect(() => webWorkers({ workers: 0 })).toThrow('webWorkers: workers must be a positive integer, got 0')
})
