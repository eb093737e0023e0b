import { cpuClock, median } from '../../../scripts/lib/bench.mjs'

// Interleaved medians of processor time: every contender runs in each round, so that a busy machine slows all of them alike. A round is the least of
// five short batches, which a busy machine leaves whole more often than one long one.
const now = () => 1000 * cpuClock()

/** How often `run` fits into a fifth of `batch` milliseconds once it is warm; 0 when one call takes longer than `batch`. */
async function calibrate(run, batch) {
  const start = now()
  // V8 hands a kernel to its optimising compiler in the background: calls and pauses until it has come back.
  for (let i = 0; i < 4 && now() - start < 20 * batch; i++) {
    for (const until = now() + batch; now() < until; ) run()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const t = now()
  run()
  const once = now() - t
  return once > batch ? 0 : Math.max(1, Math.floor(batch / 5 / Math.max(once, 1e-4)))
}

function round(run, count) {
  let least = Infinity
  for (let batch = 0; batch < (count === 0 ? 1 : 5); batch++) {
    const t = now()
    for (let i = Math.max(1, count); i > 0; i--) run()
    least = Math.min(least, (now() - t) / Math.max(1, count))
  }
  return least
}

/**
 * Milliseconds a call of each contender, round by round: { name: () => void } or { name: { remote: () => Promise<milliseconds> } },
 * the second for one that times itself.
 */
export async function turns(contenders, { rounds, batch }) {
  const names = Object.keys(contenders)
  const counts = {}
  const times = {}
  for (const name of names) {
    times[name] = []
    const { remote } = contenders[name]
    if (remote) await remote()
    else counts[name] = await calibrate(contenders[name], batch)
  }
  for (let i = 0; i < rounds; i++) {
    for (const name of names) {
      // Three rounds are enough of what takes seconds.
      if (i >= 3 && times[name].reduce((sum, t) => sum + t, 0) > 3000) continue
      const { remote } = contenders[name]
      times[name].push(remote ? await remote() : round(contenders[name], counts[name]))
    }
  }
  return times
}

/** The median of {@link turns} for each contender. */
export async function compare(contenders, settings) {
  const times = await turns(contenders, settings)
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]))
}
