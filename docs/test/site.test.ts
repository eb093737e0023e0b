import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import type * as Axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath } from '../../scripts/lib/chromium.mjs'
import { sitePackages } from '../.vitepress/packages.ts'
import { twoAtATime } from './pages.ts'
import { buildSite, DESKTOP, htmlPages, launch, PHONE, serve, watchedPage } from './site.ts'

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
      await page.context().close()
      return problems.map((problem) => `${path}: ${problem}`)
    })
    expect(said.flat()).toEqual([])
  })

  test('starts with less than 200 kB of script', async () => {
    const { page, scripts } = await watchedPage(browser, DESKTOP)
    await page.goto(url)
    await page.waitForFunction(() => document.querySelector('figcaption span')?.textContent?.includes('iterations'))
    const all = [...scripts]
    const own = all.filter(([name]) => !name.includes('worker'))
    const bytes = own.reduce((sum, [, { length }]) => sum + length, 0)
    const sent = all.reduce((sum, [, body]) => sum + gzipSync(body).length, 0)
    expect(own.length).toBeGreaterThan(2)
    expect(bytes).toBeLessThan(200_000)
    // Includes the solver that computes the picture, gzipped.
    expect(sent).toBeLessThan(200_000)
    await page.context().close()
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
      const { page, problems } = await watchedPage(browser, {
        ...DESKTOP,
        colorScheme: name.length % 2 ? 'dark' : 'light',
      })
      await page.goto(`${url}packages/${name}.html`)
      const demo = page.locator('.live-demo')
      const state = () => demo.getAttribute('data-state')
      const frames = async () => Number(await demo.getAttribute('data-frames'))
      await demo.scrollIntoViewIfNeeded()
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
