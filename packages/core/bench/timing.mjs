// Interleaved medians: every contender runs a batch in each round, so that a busy machine slows all of them alike.
const now = () => performance.now()
const median = (times) => times.sort((a, b) => a - b)[times.length >> 1]

/** How often `run` fits into about `batch` milliseconds, after it is warm. */
async function calibrate(run, batch) {
  const start = now()
  // V8 hands a kernel to its optimising compiler in the background: calls and pauses until it has come back.
  for (let i = 0; i < 4 && now() - start < 20 * batch; i++) {
    for (const until = now() + batch; now() < until; ) await run()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const t = now()
  await run()
  return Math.max(1, Math.min(100000, Math.floor(batch / Math.max(now() - t, 1e-5))))
}

/**
 * Median milliseconds a call of each contender: { name: () => void } or { name: { remote: () => Promise<milliseconds> } },
 * the second for one that times itself.
 */
export async function compare(contenders, { rounds, batch }) {
  const names = Object.keys(contenders)
  const counts = {}
  const times = {}
  for (const name of names) {
    times[name] = []
    const { remote } = contenders[name]
    if (remote) await remote()
    else counts[name] = await calibrate(contenders[name], batch)
  }
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const slow = times[name].reduce((sum, t) => sum + t * (counts[name] ?? 1), 0) > 3000
      if (slow && round >= 3) continue
      const { remote } = contenders[name]
      if (remote) {
        times[name].push(await remote())
        continue
      }
      const run = contenders[name]
      const t = now()
      for (let i = counts[name]; i > 0; i--) run()
      times[name].push((now() - t) / counts[name])
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]))
}
