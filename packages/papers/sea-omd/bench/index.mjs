// Rounds per second beside the same learners as lean numpy loops, interleaved in one run. node bench/index.mjs [--quick]
import { random } from '@opt/core'
import { ball, seaConvex, seaDynamic, seaExpConcave } from '@opt/sea-omd'
import { median } from '../../../../scripts/lib/bench.mjs'
import { startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const REPEATS = quick ? 3 : 9

/** numpy in a child process on one thread, or null. */
async function startNumpy() {
  const peer = await startPeer(new URL('numpy_peer.py', import.meta.url))
  return peer && { ...peer, seconds: async (task, d, rounds) => Number(await peer.ask(`${task} ${d} ${rounds}`)) }
}

function gradients(d) {
  const rng = random(0)
  return Array.from({ length: 64 }, () => {
    const g = Float64Array.from({ length: d }, () => rng.normal())
    const length = Math.sqrt(g.reduce((s, v) => s + v * v, 0))
    return g.map((v) => v / length)
  })
}

/** Seconds that a fresh learner takes for `rounds` rounds. */
function seconds(make, list, rounds) {
  const learner = make()
  const start = performance.now()
  for (let t = 0; t < rounds; t++) learner.update(list[t % 64])
  return (performance.now() - start) / 1000
}

const tasks = {
  convex: {
    name: 'seaConvex, ball, with its certificate',
    make: (d) => () => seaConvex({ domain: ball({ dimension: d }), G: 1, L: 1 }),
    targets: { 10: 20, 100: 4, 1000: 1 },
    rounds: { 10: 40_000, 100: 20_000, 1000: 5000 },
  },
  newton: {
    // The ball is so wide that nothing is projected; G only fixes the constant in H, as in the loop.
    name: 'seaExpConcave, no projection, with its certificate',
    make: (d) => () => seaExpConcave({ domain: ball({ dimension: d, radius: 1e6 }), G: 1, beta: 0.3 }),
    targets: { 10: 10, 100: 0.8, 1000: 0.8 },
    rounds: { 10: 20_000, 100: 4000, 1000: 60 },
  },
}

const rate = (v) =>
  v >= 999_500 ? `${(v / 1e6).toPrecision(3)}M` : v >= 999.5 ? `${(v / 1000).toPrecision(3)}k` : v.toPrecision(3)

const numpy = await startNumpy()
const table = []
const misses = []
for (const [task, { name, make, targets, rounds }] of Object.entries(tasks))
  for (const [size, target] of Object.entries(targets)) {
    const d = Number(size)
    console.error(`${name}, d = ${d}`)
    const list = gradients(d)
    const count = Math.ceil(rounds[d] / (quick ? 4 : 1))
    for (const until = performance.now() + (quick ? 300 : 1500); performance.now() < until; )
      seconds(make(d), list, count)
    const ours = []
    const theirs = []
    for (let k = 0; k < REPEATS; k++) {
      ours.push(seconds(make(d), list, count))
      if (numpy) theirs.push(await numpy.seconds(task, d, count))
    }
    const ratios = theirs.map((s, k) => s / ours[k])
    const ratio = numpy ? median(ratios) : undefined
    const met = ratio === undefined ? '-' : ratio >= target ? 'met' : 'not met'
    if (met === 'not met') misses.push(`${name}, d = ${d}: ${ratio.toPrecision(2)} times numpy, target ${target}`)
    table.push([
      name,
      size,
      rate(count / median(ours)),
      numpy ? rate(count / median(theirs)) : '-',
      ratio === undefined ? '-' : ratio.toPrecision(2),
      `${target}`,
      met,
    ])
  }
numpy?.stop()

/** Measured without a peer. */
for (const [name, d, make, count] of [
  [
    'seaExpConcave, projected every round',
    100,
    () => seaExpConcave({ domain: ball({ dimension: 100, radius: 0.01 }), G: 1, beta: 0.3 }),
    400,
  ],
  [
    'seaExpConcave, projected every round',
    1000,
    () => seaExpConcave({ domain: ball({ dimension: 1000, radius: 0.01 }), G: 1, beta: 0.3 }),
    4,
  ],
  [
    'seaDynamic, horizon 10 000',
    100,
    () => seaDynamic({ domain: ball({ dimension: 100 }), G: 1, L: 0.01, horizon: 10_000 }),
    4000,
  ],
]) {
  console.error(`${name}, d = ${d}`)
  if (quick && d === 1000) continue
  const list = gradients(d)
  seconds(make, list, count)
  const spells = Array.from({ length: quick ? 1 : 3 }, () => seconds(make, list, count))
  table.push([name, String(d), rate(count / median(spells)), '-', '-', '-', '-'])
}

const header = ['learner', 'd', 'rounds/s', 'numpy rounds/s', 'ratio', 'target', '']
for (const row of [header, header.map((_, k) => (k === 0 ? '---' : '--:')), ...table])
  console.log(`| ${row.join(' | ')} |`)
console.log()
console.log(
  `Median of ${REPEATS} interleaved runs; ratios of neighbouring runs. ${numpy ? `${numpy.version}.` : 'numpy is not installed (npm run bench:peers, or OPT_PYTHON).'} Projecting at d = 1000 is not meant for real time.`,
)
console.log()
console.log(misses.length > 0 ? 'Targets not met:' : numpy ? 'All targets met.' : 'Targets not judged.')
for (const miss of misses) console.log(`- ${miss}`)
