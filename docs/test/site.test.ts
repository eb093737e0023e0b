import { readdirSync, readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import type * as Axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath } from '../../scripts/lib/chromium.mjs'
import { publishedPackages } from '../../scripts/lib/packages.mjs'
import { exportedNames, sitePackages } from '../.vitepress/packages.ts'
import { BYTES, SHIFT, sentBytes, shiftOf } from './budget.ts'
import { twoAtATime } from './pages.ts'
import { broken, linksOf } from './plain.ts'
import { siteSearch, wordsFor } from './search.ts'
import { BASE, buildSite, DESKTOP, htmlPages, launch, PHONE, serve, watchedPage } from './site.ts'

interface Manifest {
  bin?: unknown
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const demos = sitePackages()
  .filter(({ demo }) => demo)
  .map(({ name }) => name)

let site: string
let url: string
let server: Server
let browser: Browser

/** Returns serious findings as `rule: the element`. */
async function findings(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axeSource })
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof Axe }
    const { violations } = await axe.run(document, { resultTypes: ['violations'] })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
  })
}

const inChromium = chromiumPath ? describe : describe.skip

inChromium(chromiumPath ? 'the site in Chromium' : 'the site (Chromium is not on this machine)', () => {
  beforeAll(async () => {
    site = await buildSite()
    ;({ url, server } = await serve(site))
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  test('opens every page without an error or a foreign request, as wide as a phone', async () => {
    const pages = htmlPages(site)
    expect(pages).toEqual(expect.arrayContaining(['index.html', 'catalogue.html', 'guides/choose.html']))
    for (const { name } of sitePackages()) expect(pages).toContain(`packages/${name}.html`)
    const said = await twoAtATime(pages, async (path) => {
      const { page, problems } = await watchedPage(browser, PHONE)
      await page.goto(url + path)
      await page.waitForFunction(() => document.querySelector('h1') !== null)
      await page.waitForTimeout(150)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (over > 0) problems.push(`${over} pixels wider than the screen`)
      const shift = await shiftOf(page)
      if (shift > SHIFT) problems.push(`a layout shift of ${shift}`)
      await page.context().close()
      return problems.map((problem) => `${path}: ${problem}`)
    })
    expect(said.flat()).toEqual([])
  })

  test('finds every paper by its title, authors, arXiv number, tasks and methods', async () => {
    const search = await siteSearch(site, BASE)
    const missed: string[] = []
    for (const entry of sitePackages().filter(({ paper }) => paper)) {
      const known = wordsFor(entry, await exportedNames(entry.folder))
      const own = new RegExp(`^(packages/${entry.name}\\.html|api/@opt/${entry.name}[./])`)
      for (const [kind, words] of Object.entries(known)) {
        expect([entry.name, kind, words.length]).not.toEqual([entry.name, kind, 0])
        for (const one of words)
          if (!search(one).some((page) => own.test(page))) missed.push(`${entry.name} by ${kind}: ${one}`)
      }
      // Who knows the number or the title wants the paper, and nothing before it.
      for (const one of [entry.paper!.title, entry.paper!.arXiv]) expect(search(one)[0]).toMatch(own)
    }
    expect(missed).toEqual([])
  })

  test('the catalogue finds every paper by the same', async () => {
    const { page, problems } = await watchedPage(browser, DESKTOP)
    await page.goto(`${url}catalogue.html`)
    await page.waitForFunction(() => '__vue_app__' in document.querySelector('#app')!)
    const papers = sitePackages().filter(({ paper }) => paper)
    const asked = await Promise.all(
      papers.map(async (entry) => ({
        name: entry.name,
        words: Object.values(wordsFor(entry, await exportedNames(entry.folder))).flat(),
      })),
    )
    const missed = await page.evaluate(async (asked) => {
      const box = document.querySelector<HTMLInputElement>('.catalogue-search input')!
      const missed: string[] = []
      for (const { name, words } of asked)
        for (const one of words) {
          box.value = one
          box.dispatchEvent(new Event('input'))
          await Promise.resolve()
          if (!document.querySelector(`.cards a[href$="/packages/${name}.html"]`)) missed.push(`${name} by ${one}`)
        }
      return missed
    }, asked)
    expect(missed).toEqual([])
    expect(problems).toEqual([])
    await page.context().close()
  })

  test('the map has every package, and the dependencies that are real', async () => {
    const html = readFileSync(join(site, 'map.html'), 'utf8')
    const drawn = [...html.matchAll(/data-edge="([^"]+)"/g)].map(([, edge]) => edge!)
    const shown = (publishedPackages() as { folder: string; manifest: Manifest }[]).filter(
      ({ manifest }) => !manifest.bin,
    )
    const real = shown.flatMap(({ folder, manifest }) =>
      [['needs', manifest.dependencies ?? {}] as const, ['extras', manifest.peerDependencies ?? {}] as const].flatMap(
        ([kind, names]) =>
          Object.keys(names)
            .filter((name) => name.startsWith('@opt/'))
            .map((name) => `${basename(folder)} ${kind} ${name.slice('@opt/'.length)}`),
      ),
    )
    expect(drawn.sort()).toEqual(real.sort())
    for (const { folder } of shown)
      expect(html.split(`href="${BASE}packages/${basename(folder)}.html"`).length).toBeGreaterThan(3)
  })

  test('llms.txt lists every package, and no link of the markdown is broken', () => {
    const [title, , quote, ...rest] = readFileSync(join(site, 'llms.txt'), 'utf8').split('\n')
    expect(title).toBe('# @opt')
    expect(quote).toMatch(/^> \S/)
    expect(rest.filter((line) => !/^($|## \S|- \[[^\]]+\]\([^)\s]+\): \S|Install )/.test(line))).toEqual([])
    const listed = linksOf(site, 'llms.txt')
    for (const { name, api } of sitePackages()) {
      expect(listed).toContain(`packages/${name}.html.md`)
      if (api !== '') expect(listed).toContain(`${api.slice(1)}.html.md`)
    }
    const plain = readdirSync(site, { recursive: true })
      .map(String)
      .filter((file) => file.endsWith('.md'))
    expect(plain).toEqual(expect.arrayContaining(listed))
    expect(['llms.txt', ...plain].flatMap((file) => broken(site, file))).toEqual([])
    for (const file of plain) expect(readFileSync(join(site, file), 'utf8')).toMatch(/^# \S/)
  })

  test('moves the picture, and stops it', async () => {
    const { page, problems } = await watchedPage(browser, DESKTOP)
    await page.goto(url)
    const pixels = () => page.evaluate(() => document.querySelector('canvas')!.toDataURL())
    await page.waitForFunction(() => document.querySelector('figcaption span')?.textContent?.includes('iterations'))
    const first = await pixels()
    await page.waitForFunction((before) => document.querySelector('canvas')!.toDataURL() !== before, first)
    await page.getByRole('button', { name: 'Pause' }).click()
    const paused = await pixels()
    await page.waitForTimeout(400)
    expect(await pixels()).toBe(paused)
    expect(problems).toEqual([])
    await page.context().close()
  })

  test.each(['index.html', 'catalogue.html', 'map.html', 'guides/choose.html'])(
    '%s costs little and stands still',
    async (path) => {
      const { page, files } = await watchedPage(browser, DESKTOP)
      await page.goto(url + path, { waitUntil: 'networkidle' })
      if (path === 'index.html')
        await page.waitForFunction(() => document.querySelector('figcaption span')?.textContent?.includes('iterations'))
      expect(files.size).toBeGreaterThan(3)
      expect(sentBytes(files)).toBeLessThan(BYTES)
      expect(await shiftOf(page)).toBeLessThan(SHIFT)
      await page.context().close()
    },
  )

  test('finds by search', async () => {
    const { page, problems } = await watchedPage(browser, DESKTOP)
    await page.goto(`${url}catalogue.html`)
    await page.waitForFunction(() => '__vue_app__' in document.querySelector('#app')!)
    await page.keyboard.press('Control+k')
    // The page has a search box of its own; that of the site opens once its script has loaded.
    const search = page.locator('.VPLocalSearchBox')
    await search.getByRole('searchbox').fill('boxDescent')
    await search.locator('.result').first().waitFor()
    expect(problems).toEqual([])
    await page.context().close()
  })

  test.each([
    ['index.html', 'light'],
    ['index.html', 'dark'],
    ['catalogue.html', 'light'],
    ['catalogue.html', 'dark'],
    ['map.html', 'light'],
    ['map.html', 'dark'],
    ['guides/solver.html', 'light'],
    ['guides/solver.html', 'dark'],
    ['api/@opt/sinkhorn-sns.html', 'light'],
  ] as const)('%s in %s has no serious finding of axe', async (path, colorScheme) => {
    const { page } = await watchedPage(browser, { ...DESKTOP, colorScheme })
    await page.goto(url + path)
    await page.waitForTimeout(300)
    expect(await findings(page)).toEqual([])
    await page.context().close()
  })

  describe.each(demos)('the demo of %s', (name) => {
    test('runs, stops, resets, obeys the keyboard, has no serious finding', async () => {
      const { page, problems, files } = await watchedPage(browser, {
        ...DESKTOP,
        colorScheme: name.length % 2 ? 'dark' : 'light',
      })
      await page.goto(`${url}packages/${name}.html`, { waitUntil: 'networkidle' })
      expect(sentBytes(files)).toBeLessThan(BYTES)
      const demo = page.locator('.live-demo')
      const state = () => demo.getAttribute('data-state')
      const frames = async () => Number(await demo.getAttribute('data-frames'))
      await demo.locator('.demo-figures').scrollIntoViewIfNeeded()
      const ranOrEnded = () =>
        page.waitForFunction(() => {
          const { state, frames } = document.querySelector<HTMLElement>('.live-demo')!.dataset
          return state === 'done' || state === 'failed' || Number(frames) >= 2
        })
      await ranOrEnded()
      expect(['running', 'done']).toContain(await state())
      expect(await demo.locator('.figure, .demo-readout div').count()).toBeGreaterThan(0)

      // Restart and stop at once: no more frames arrive.
      await demo.getByRole('button', { name: 'Reset' }).click()
      await page.evaluate(() => {
        const stop = [...document.querySelectorAll<HTMLElement>('.demo-button')].find((b) => b.textContent === 'Stop')
        stop?.click()
      })
      await page.waitForFunction(() =>
        ['stopped', 'done'].includes(document.querySelector<HTMLElement>('.live-demo')!.dataset.state!),
      )
      const shown = await frames()
      await page.waitForTimeout(300)
      expect(await frames()).toBe(shown)

      expect(await shiftOf(page)).toBeLessThan(SHIFT)

      // A key on the first control starts another run.
      const control = demo.locator('input, select, [role=slider]').first()
      await control.focus()
      const key = await control.evaluate((element) => {
        const { type, value, max } = element as HTMLInputElement
        return type === 'checkbox' ? 'Space' : type === 'range' && value === max ? 'ArrowLeft' : 'ArrowRight'
      })
      await page.keyboard.press(key)
      await page.waitForTimeout(300)
      await page.waitForFunction(() =>
        ['done', 'failed'].includes(document.querySelector<HTMLElement>('.live-demo')!.dataset.state!),
      )
      expect(await state()).toBe('done')

      await demo.getByRole('button', { name: 'Show the code' }).click()
      expect(await demo.locator('.demo-code code').textContent()).toContain('@opt/')
      expect(await findings(page)).toEqual([])
      expect(problems).toEqual([])
      await page.context().close()
    })
  })
})
