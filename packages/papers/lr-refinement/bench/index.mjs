// The median filter beside scipy's, in turns in one run; the time of everything else by the number of steps.
// node bench/index.mjs [--quick]     Python with scipy: OPT_PYTHON, or .venv-peers in the repository's root.
import {
  fitPolynomial,
  lastIterateBound,
  linearDecay,
  medianFilter,
  NormRecorder,
  optimalSchedule,
  refineSchedule,
  schedule,
  stepsFromWeights,
} from '@opt/lr-refinement'
import { median } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const ROUNDS = process.argv.includes('--quick') ? 3 : 9
const peer = await startPeer(new URL('scipy_peer.py', import.meta.url))

const norms = (T) =>
  Float64Array.from({ length: T }, (_, t) => 1 + 3 * Math.exp((-8 * t) / T) + ((t * 7919) % 1009) / 1009)

/** Milliseconds, the best of five. */
function time(work) {
  let best = Infinity
  for (let k = 0; k < 5; k++) {
    const start = performance.now()
    work()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

/** Runs both in turns; returns the median times, in milliseconds. */
async function inTurns(task, T, work) {
  console.error(`${task}, T = ${T}`)
  const [ours, theirs] = [[], []]
  for (const until = performance.now() + 300; performance.now() < until; ) work()
  for (let k = 0; k < ROUNDS; k++) {
    ours.push(time(work))
    if (peer) theirs.push(1000 * Number(await peer.ask(`${task} ${T}`)))
  }
  return { ours: median(ours), theirs: median(theirs), ratio: median(ours.map((ms, k) => ms / theirs[k])) }
}

const shown = (ms) => (ms >= 99.5 ? ms.toFixed(0) : ms.toPrecision(2))
const row = (cells) => console.log(`| ${cells.join(' | ')} |`)
const ratioOf = ({ ratio }) => (peer ? ratio.toPrecision(2) : '-')
const theirsOf = ({ theirs }) => (peer ? shown(theirs) : '-')

row(['median filter, T', 'width', 'ms', 'scipy, ms', 'times scipy', 'target'])
row(['--:', '--:', '--:', '--:', '--:', '--:'])
const misses = []
for (const T of [2000, 10_000, 50_000, 1_000_000]) {
  const width = 2 * Math.floor(T / 20) + 1
  const G = norms(T)
  const found = await inTurns('median', T, () => medianFilter(G, width))
  const judged = peer && (T === 10_000 || T === 50_000)
  if (judged && found.ratio > 3) misses.push(`T = ${T}: ${found.ratio.toPrecision(2)} times scipy`)
  const target = judged ? `3: ${found.ratio <= 3 ? 'met' : 'not met'}` : ''
  row([T, width, shown(found.ours), theirsOf(found), ratioOf(found), target])
}

console.log('\nMilliseconds by the number of steps; in brackets the same formula in numpy.\n')
const SIZES = [10_000, 100_000, 1_000_000]
row(['', ...SIZES.map((T) => `T = ${T}`)])
row(['---', ...SIZES.map(() => '--:')])
const tasks = {
  '`linearDecay`': (T) => () => linearDecay(T),
  "`schedule('cosine')`": (T) => () => schedule('cosine', { steps: T, warmup: 0.05 }),
  '`stepsFromWeights`': (_, G) => {
    const weights = G.map((v) => 1 / (v * v))
    return () => stepsFromWeights(weights)
  },
  '`lastIterateBound`': (T, G) => {
    const steps = schedule('linear', { steps: T })
    return () => lastIterateBound({ steps, norms: G, distance: 1 })
  },
  '`optimalSchedule`': (_, G) => () => optimalSchedule({ norms: G, distance: 1 }),
  '`refineSchedule`': (_, G) => () => refineSchedule(G),
  '`fitPolynomial`': (T) => {
    const values = schedule('cosine', { steps: T })
    return () => fitPolynomial(values)
  },
  '`NormRecorder.record`, T entries': (_, G) => {
    const recorder = new NormRecorder()
    return () => recorder.record(G)
  },
}
const inNumpy = {
  '`stepsFromWeights`': 'steps',
  '`lastIterateBound`': 'bound',
  '`NormRecorder.record`, T entries': 'norm',
}
for (const [label, make] of Object.entries(tasks)) {
  const cells = []
  for (const T of SIZES) {
    const work = make(T, norms(T))
    if (inNumpy[label] && peer) {
      const found = await inTurns(inNumpy[label], T, work)
      cells.push(`${shown(found.ours)} (${shown(found.theirs)})`)
    } else {
      work()
      cells.push(shown(time(work)))
    }
  }
  row([label, ...cells])
}
console.log(`\nMedian of ${ROUNDS} rounds in turns, each the best of five. ${peer ? `${peer.version}.` : NO_PEER}`)
console.log(misses.length > 0 ? `\nTargets not met: ${misses.join('; ')}` : peer ? '\nAll targets met.' : '')
peer?.stop()
