// What a page costs its reader: bytes, and content that moves after it has been shown.
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'

/** Bytes of a first view, gzipped. */
export const BYTES = 200_000
/** Cumulative layout shift. */
export const SHIFT = 0.01

const sizes = new Map<string, number>()

/** Returns the bytes of files as a server sends them. */
export function sentBytes(files: Map<string, Buffer>): number {
  let sum = 0
  for (const [url, body] of files) {
    if (!sizes.has(url)) sizes.set(url, gzipSync(body).length)
    sum += sizes.get(url)!
  }
  return sum
}

declare global {
  var shifted: number
}

/** Makes a page add up its layout shifts from the start. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.shifted = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
        if (!entry.hadRecentInput) globalThis.shifted += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

export const shiftOf = (page: Page): Promise<number> => page.evaluate(() => globalThis.shifted)
