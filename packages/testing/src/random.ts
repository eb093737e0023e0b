/** Returns a function that draws integers below `n` (mulberry32). */
export function integers(seed: number): (n: number) => number {
  let state = seed | 0
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n)
  }
}

/** Draws `size` entries of a list without replacement. */
export function sample<T>(list: readonly T[], size: number, draw: (n: number) => number): T[] {
  const pool = list.slice()
  for (let i = 0; i < Math.min(size, pool.length); i++) {
    const j = i + draw(pool.length - i)
    ;[pool[i], pool[j]] = [pool[j], pool[i]]
  }
  return pool.slice(0, size)
}
