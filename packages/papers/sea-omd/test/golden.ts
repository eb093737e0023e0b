import { readFileSync } from 'node:fs'

/** A golden file. */
// biome-ignore lint/suspicious/noExplicitAny: golden files are read as they are
export const golden = (name: string): any =>
  JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8'))

/** The largest absolute difference. */
export function gap(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) return Infinity
  let worst = 0
  for (let i = 0; i < x.length; i++) {
    const d = Math.abs(x[i] - y[i])
    if (!(d <= worst)) worst = d
  }
  return worst
}
