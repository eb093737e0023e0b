// Certificates, W1 and the laboratory beside numpy, scipy and POT, interleaved in one run, by CPU time on one thread.
// node bench/index.mjs [--quick]
import { random } from '@opt/core'
import { laboratory, smoothedProfile, wasserstein1 } from '@opt/info-bounds'
import { cpuTime, duration, median, printTable, ratio } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const REPEATS = quick ? 3 : 5
const peer = await startPeer(new URL('numpy_peer.py', import.meta.url))
const ask = async (line) => (peer ? (await peer.ask(line)).split(' ').map(Number) : [Number.NaN, Number.NaN])

const rng = random(0)
const rows = (n, width, make) => Array.from({ length: n }, () => Float64Array.from({ length: width }, make))
const normal = () => rng.normal()

/** Runs our work and the peers' in turns; returns median seconds, and the last answers. */
async function compare(work, ...lines) {
  const times = [[], ...lines.map(() => [])]
  let answers = []
  work()
  for (let k = 0; k < REPEATS; k++) {
    const { time, answer } = cpuTime(work)
    times[0].push(time)
    answers = [answer]
    for (const [p, line] of lines.entries()) {
      const [seconds, value] = await ask(line)
      times[p + 1].push(seconds)
      answers.push(value)
    }
  }
  return { seconds: times.map(median), answers }
}

const SIZES = [64, 16, 8, 4, 10]
const network = SIZES.slice(1).map((outputs, l) => ({
  weights: rows(outputs, SIZES[l], () => rng.normal() / Math.sqrt(SIZES[l])),
  activation: l < 3 ? 'tanh' : 'identity',
}))
const targets = []
const table = []
for (const [n, components, draws, labelled] of quick
  ? [[350, 3000, 2000, true]]
  : [
      [350, 3000, 2000, true],
      [350, 6000, 3000, true],
      [350, 12000, 6000, true],
      [350, 3000, 2000, false],
      [350, 6000, 3000, false],
    ]) {
  const sample = () => ({
    inputs: rows(n, 64, () => rng.uniform()),
    labels: Array.from({ length: n }, (_, i) => i % 10),
  })
  const [a, b] = [sample(), sample()]
  const work = () => smoothedProfile(network, a, b, { components, draws, labels: labelled, random: random(1) })
  const { seconds } = await compare(work, `profile ${n} ${components} ${draws} ${Number(labelled)}`)
  const memory = (2 * components * (16 + 16) * 8 + draws * 18 * 8) / 1e6
  table.push([
    labelled ? 'with labels' : 'without',
    components,
    draws,
    duration(seconds[0]),
    duration(seconds[1]),
    ratio(seconds[1], seconds[0]),
    `${memory.toFixed(1)} MB`,
  ])
  if (components === 6000)
    targets.push(
      `profile ${labelled ? 'with' : 'without'} labels: ${duration(seconds[0])}, target ${labelled ? 0.5 : 5} s: ${seconds[0] <= (labelled ? 0.5 : 5) ? 'met' : 'not met'}`,
    )
}
console.log('Smoothed profile of 64-16-8-4-10, 350 examples in each sample:\n')
printTable(['labels', 'paths', 'points', 'ours', 'numpy', 'times as fast', 'memory'], table)

const distances = []
for (const n of quick ? [100] : [100, 400, 1000]) {
  const [a, b] = [rows(n, 8, normal), rows(n, 8, () => rng.normal(0.5))]
  const { seconds, answers } = await compare(
    () => wasserstein1(a, b, { method: 'exact' }).upper,
    `assignment ${n}`,
    `emd ${n}`,
  )
  distances.push([
    n,
    ...seconds.map(duration),
    ratio(seconds[1], seconds[0]),
    answers.map((v) => v.toFixed(3)).join(', '),
  ])
  if (n === 400)
    targets.push(
      `W1 at 400 points: ${(seconds[0] / seconds[1]).toFixed(2)} times the time of scipy, target 2: ${seconds[0] <= 2 * seconds[1] ? 'met' : 'not met'}`,
    )
}
console.log('Exact W1 of normal samples in 8 dimensions (samples differ, distances are alike):\n')
printTable(['n', 'ours', 'scipy assignment', 'POT emd2', 'times as fast as scipy', 'W1'], distances)

const CHANCES = [0.2, 0.3, 0.3, 0.2]
const points = [-1, 1].flatMap((x1) => [-1, 1].flatMap((x2) => [-1, 1].map((y) => ({ x: [x1, x2], y }))))
const probabilities = points.map(({ x, y }, z) => CHANCES[z >> 1] * (x[0] === y ? 0.85 : 0.15))
const teacher = {
  points,
  probabilities,
  widths: [2, 2, 1],
  values: [-1, 1],
  beta: 6,
  samples: 4,
  noise: 'dropout',
  drop: 0.3,
}
const lab = await compare(() => laboratory(teacher), 'laboratory')
console.log(
  `Laboratory 2-2-1, dropout 0.3, 4 samples: ${duration(lab.seconds[0])} with all bounds, numpy ${duration(lab.seconds[1])} for the gap alone (${lab.answers[0].gap.toFixed(6)} and ${lab.answers[1].toFixed(6)}).\n`,
)
targets.push(`laboratory: ${duration(lab.seconds[0])}, target 20 ms: ${lab.seconds[0] <= 0.02 ? 'met' : 'not met'}`)
peer?.stop()

for (const target of targets) console.log(`- ${target}`)
console.log(`\n${peer ? `${peer.version}; one thread.` : NO_PEER} Medians of interleaved runs, by CPU time.`)
