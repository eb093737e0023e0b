// Builds the site, serves it as a plain file server would, and opens it in Chromium.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { chromiumPath } from '../../scripts/lib/chromium.mjs'
import { root } from '../../scripts/lib/packages.mjs'
import { watchShifts } from './budget.ts'
import { docs } from './pages.ts'

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update']
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.txt': 'text/plain',
}

/** Not the root, because no link may assume it. */
export const BASE = '/some/where/'

/** Builds the site under BASE and returns its folder. */
export async function buildSite(): Promise<string> {
  const out = join(docs, 'test-results', 'site')
  const run = promisify(execFile)
  await run(process.execPath, [join(docs, 'scripts', 'api.mjs')], { cwd: docs })
  const vitepress = join(docs, 'node_modules', 'vitepress', 'bin', 'vitepress.js')
  await run(process.execPath, [vitepress, 'build', docs, '--base', BASE, '--outDir', out], {
    // From the root: what its loaders watch outside the folder it starts in, VitePress searches for
    // in all of node_modules.
    cwd: root,
    maxBuffer: 1 << 26,
  })
  return out
}

/** Returns all pages as paths below BASE. */
export const htmlPages = (site: string): string[] =>
  readdirSync(site, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.html') && file !== '404.html')
    .sort()

export async function serve(site: string): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://localhost').pathname)
    const below = path.startsWith(BASE) ? path.slice(BASE.length) : '\0'
    const file = join(site, below === '' ? 'index.html' : below)
    if (below === '\0' || !existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
    response.end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`, server }
}

export async function launch(): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  return chromium.launch({ executablePath: chromiumPath!, args: FLAGS })
}

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 } }
export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 800 } }

export interface Watched {
  page: Page
  /** Console errors, exceptions, failed requests, requests to other hosts. */
  problems: string[]
  /** Every file that came, by URL. */
  files: Map<string, Buffer>
}

/** Opens a page that records what goes wrong in it. */
export async function watchedPage(browser: Browser, options: BrowserContextOptions): Promise<Watched> {
  const context = await browser.newContext(options)
  // Guards against a page that never loads; measures no speed.
  context.setDefaultTimeout(600_000)
  const page = await context.newPage()
  const problems: string[] = []
  const files = new Map<string, Buffer>()
  await watchShifts(page)
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`))
  page.on('requestfailed', (request) => problems.push(`failed: ${request.url()} ${request.failure()?.errorText}`))
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (!['data:', 'blob:'].includes(protocol) && hostname !== '127.0.0.1') problems.push(`foreign: ${request.url()}`)
  })
  page.on('response', async (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`)
    const body = await response.body().catch(() => null)
    if (body) files.set(response.url(), body)
  })
  return { page, problems, files }
}
