// Projections onto the simplex and the l1 ball beside the usual code, which sorts, in JavaScript and in numpy.
// node bench/index.mjs [--quick]
import { random } from '@opt/core'
import { l1Ball, simplex } from '@opt/sets'
import { median } from '../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = 5

/** The code that one finds: sorts all entries. */
function simplexBySorting(y, total) {
  const sorted = y.slice().sort()
  let [sum, threshold] = [0, 0]
  for (let k = 1; k <= y.length; k++) {
    sum += sorted[y.length - k]
    const t = (sum - total) / k
    if (!(sorted[y.length - k] > t)) break
    threshold = t
  }
  return y.map((v) => Math.max(v - threshold, 0))
}

function l1BallBySorting(y, radius) {
  const sizes = y.map(Math.abs)
  if (sizes.reduce((sum, v) => sum + v, 0) <= radius) return y
  return simplexBySorting(sizes, radius).map((v, i) => Math.sign(y[i]) * v)
}

const SETS = {
  simplex: { make: (dimension, total) => simplex({ dimension, total }), bySorting: simplexBySorting },
  l1Ball: { make: (dimension, radius) => l1Ball({ dimension, radius }), bySorting: l1BallBySorting },
}

/** Returns the least milliseconds of some calls. */
function least(run, repeats) {
  let best = Infinity
  for (let k = 0; k < repeats; k++) {
    const start = performance.now()
    run()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

const three = (value) => (value >= 1000 ? value.toFixed(0) : value.toPrecision(3))
const numpy = await startPeer(new URL('numpy_peer.py', import.meta.url))
const rows = []
for (const [name, { make, bySorting }] of Object.entries(SETS))
  for (const n of quick ? [1e3, 1e5] : [1e3, 1e4, 1e5, 1e6])
    for (const radius of [1, n / 10]) {
      const rng = random(0)
      const y = Float64Array.from({ length: n }, () => rng.normal())
      const set = make(n, radius)
      const nonzero = set.project(y).reduce((count, v) => count + (v !== 0 ? 1 : 0), 0)
      const repeats = Math.max(3, Math.min(300, 3e6 / n))
      const times = { ours: [], sorting: [], numpy: [] }
      for (let round = 0; round < ROUNDS; round++) {
        times.ours.push(least(() => set.project(y), repeats))
        times.sorting.push(least(() => bySorting(y, radius), repeats))
        if (numpy) times.numpy.push(Number(await numpy.ask(`${name} ${n} ${radius} ${Math.round(repeats)}`)))
      }
      const ratio = (peer) => median(times[peer].map((time, round) => time / times.ours[round]))
      const cells = [times.ours, times.sorting, times.numpy].map((all) => (all.length > 0 ? three(median(all)) : ''))
      rows.push([
        name,
        n.toExponential(0),
        three(radius),
        nonzero,
        ...cells,
        ratio('sorting').toFixed(1),
        numpy ? ratio('numpy').toFixed(1) : '',
      ])
    }
numpy?.stop()

console.log(
  '| set | n | radius | nonzero entries | ours, ms | sorting, ms | numpy, ms | sorting / ours | numpy / ours |',
)
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
console.log(
  `\nProjections of normal numbers, a new array each time; ours checks its argument and is right at any scale. ${
    numpy ? `${numpy.version}, on one thread.` : NO_PEER
  }`,
)
