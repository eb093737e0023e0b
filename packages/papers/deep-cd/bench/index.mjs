// Network calls and training steps against torch, solves against scipy's CG and this package's own solvers, one thread
// each, in turns, by CPU time. node bench/index.mjs [--quick]
import {
  conjugateGradient,
  dcdm,
  incompleteCholesky,
  multigrid,
  multiLevelNetwork,
  poisson2d,
  pretrained,
  rightHandSide,
  ritzDataset,
  trainDirections,
} from '@opt/deep-cd'
import { cpuTime } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 2 : 7
const peer = await startPeer(new URL('torch_peer.py', import.meta.url))

/** Milliseconds of CPU time. */
function timed(work, repeat = 1) {
  const { time } = cpuTime(() => {
    for (let k = 0; k < repeat; k++) work()
  })
  return (1000 * time) / repeat
}

async function least(mine, question) {
  let [ours, theirs] = [Infinity, Infinity]
  mine()
  for (let round = 0; round < ROUNDS; round++) {
    ours = Math.min(ours, mine())
    if (peer && question) theirs = Math.min(theirs, Number(await peer.ask(question)) || Infinity)
  }
  return { ours, theirs }
}

const text = (value) => (Number.isFinite(value) ? value.toPrecision(3) : '-')
const times = ({ ours, theirs }) => (Number.isFinite(theirs) ? (theirs / ours).toFixed(1) : '-')
const DISCS = [
  [0.3, 0.3, 0.1],
  [0.7, 0.4, 0.12],
  [0.45, 0.75, 0.08],
]

console.log('| a network call on | ours, ms | torch, ms | times | memory, MB |')
console.log('| --: | --: | --: | --: | --: |')
for (const size of [32, 64, 128, 256, 512]) {
  const direction = pretrained().direction([size, size])
  const [r, out] = [new Float64Array(size * size).fill(1), new Float64Array(size * size)]
  const call = await least(() => timed(() => direction(r, out), 10), `call;${size}`)
  // Seven activations of four channels a level, in float32; coarser levels add a third.
  const memory = ((7 * 4 * 4 * 4) / 3) * size * size * 1e-6
  console.log(`| ${size}² | ${text(call.ours)} | ${text(call.theirs)} | ${times(call)} | ${text(memory)} |`)
}

const sets = [16, 32, 64].map((size, k) => {
  const { A, shape } = poisson2d({ size })
  return { A, shape, batch: [16, 4, 1][k], samples: ritzDataset(A, { vectors: 64, count: 40 }) }
})
const STEPS = 20
const training = await least(
  () => timed(() => trainDirections(multiLevelNetwork(), sets, { steps: STEPS })) / STEPS,
  'step;',
)
console.log(
  `\nA training step (16² x 16, 32² x 4, 64²): ${text(training.ours)} ms, torch ${text(training.theirs)} ms: ${times(training)} times.\n`,
)

console.log("| solve to 1e-4, 3 discs | DCDM, ms | CG | IC(0) CG | multigrid CG | scipy's CG, box |")
console.log('| --: | --: | --: | --: | --: | --: |')
for (const size of quick ? [32, 64] : [32, 64, 128, 256, 512]) {
  const problem = poisson2d({ size, discs: DISCS })
  const { A, shape } = problem
  const b = rightHandSide('noise', problem, 1)
  const network = pretrained()
  const solvers = [
    () => dcdm(A, b, { direction: network.direction(shape) }),
    () => conjugateGradient(A, b),
    () => conjugateGradient(A, b, { preconditioner: incompleteCholesky(A) }),
    () => conjugateGradient(A, b, { preconditioner: multigrid(A, shape) }),
  ]
  const cells = []
  let scipy = '-'
  for (const [k, solve] of solvers.entries()) {
    const { iterations } = solve()
    const { ours, theirs } = await least(() => timed(solve), k === 1 ? `cg;${size}` : undefined)
    if (k === 1) scipy = text(theirs)
    cells.push(`${text(ours)} (${iterations})`)
  }
  console.log(`| ${size}² | ${cells.join(' | ')} | ${scipy} |`)
}
console.log(
  peer
    ? `\nIterations in brackets; every solve includes its checks and set-up. One thread, the least of ${ROUNDS} rounds. ${peer.version}.`
    : `\n${NO_PEER}`,
)
peer?.stop()
