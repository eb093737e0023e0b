// An episode of each learner beside compiled Python, in turns in one run, by CPU time; then the growth with the states.
// node bench/index.mjs [--quick]     Python with numba: OPT_PYTHON, or .venv-peers in the repository's root.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  adversaries,
  ftrlStep,
  lsvi,
  practicalParameters,
  randomMdp,
  tabular,
  withoutSimulator,
  withSimulator,
} from '@opt/linear-mdp-ftrl'
import { cpuTime, duration, median, printTable } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 3 : 7
const episodes = quick ? 1000 : 4000

const folder = mkdtempSync(join(tmpdir(), 'linear-mdp-ftrl-'))
const path = join(folder, 'world.json')
const mdp = randomMdp({ random: 1 })
writeFileSync(path, JSON.stringify(mdp.data()))
const counter = adversaries.counter(5)
const peer = await startPeer(new URL('numba_peer.py', import.meta.url))

const settings = (algorithm) => practicalParameters({ algorithm, episodes, horizon: 3 })
const learner = (play, options) => (on) =>
  play(on, counter, { episodes, every: episodes, ...options, history: false }).averageLoss
const TASKS = [
  ['logBarrier', 'log barrier, bonus', learner(withSimulator, settings('logBarrier')), 54],
  ['noBonus', 'log barrier, no bonus', learner(withSimulator, { ...settings('logBarrier'), beta: 0 }), 14],
  ['magnitudeReduced', 'magnitude-reduced, bonus', learner(withSimulator, settings('magnitudeReduced')), 74],
  ['modelFree', 'model-free', learner(withoutSimulator, settings('modelFree')), 5.6],
  ['lsvi', 'LSVI', learner(lsvi, {}), 40],
]
const table = []
for (const [task, name, play, earlier] of TASKS) {
  console.error(name)
  play(mdp)
  const [ours, theirs] = [[], []]
  let losses
  for (let k = 0; k < ROUNDS; k++) {
    const { time, answer } = cpuTime(() => play(mdp))
    ours.push(time / episodes)
    if (!peer) continue
    const [seconds, loss] = (await peer.ask(`${task} ${path} ${episodes}`)).split(' ').map(Number)
    theirs.push(seconds / episodes)
    losses = [answer, loss]
  }
  table.push([
    name,
    duration(median(ours)),
    duration(median(theirs)),
    `${earlier} us`,
    peer ? (median(ours) / median(theirs)).toPrecision(2) : '-',
    losses ? losses.map((loss) => loss.toFixed(3)).join(' / ') : '-',
  ])
}
printTable(
  ['one episode', 'ours', 'numba', 'numba, measured earlier', 'ours / numba', 'average loss, ours / numba'],
  table,
)

const losses = Float64Array.of(0.3, 1.2, 0.1, 2.2)
const count = quick ? 50_000 : 200_000
const ownSteps = () => {
  for (let k = 0; k < count; k++) {
    losses[k % 4] += 0.001
    ftrlStep(losses, { learningRate: 0.5 })
  }
}
ownSteps()
const step = median(Array.from({ length: ROUNDS }, () => cpuTime(ownSteps).time)) / count
const compiled = peer ? Number((await peer.ask(`step ${path} ${count}`)).split(' ')[0]) / count : Number.NaN
console.log(
  `A step of 4 actions with its checks, \`ftrlStep\`: ${duration(step)}; numba, without checks: ${duration(compiled)}.\n`,
)

const growth = []
for (const states of quick ? [10, 40] : [10, 40, 160, 640]) {
  console.error(`${states} states`)
  const large = randomMdp({ states, random: 1 })
  const time = (play, options) => {
    const few = Math.max(100, Math.round((episodes * 10) / states))
    const run = () => play(large, counter, { episodes: few, every: few, ...options, history: false })
    run()
    return median(Array.from({ length: 3 }, () => cpuTime(run).time)) / few
  }
  growth.push([
    states,
    duration(time(withSimulator, settings('logBarrier'))),
    states > 160 ? '-' : duration(time(withSimulator, settings('magnitudeReduced'))),
    duration(time(withoutSimulator, settings('modelFree'))),
    duration(time(tabular, { learningRate: 0.2 })),
    `${(3 * states * 4 * 8 * 3) / 1000} kB`,
    `${(3 * (5 + 25 + 10 * (20 + 4 + 3)) * 8) / 1000} kB`,
  ])
}
printTable(
  [
    'states a layer',
    'log barrier',
    'magnitude-reduced',
    'model-free, with its exact regret',
    'tabular',
    'memory with a simulator',
    'memory of the agent',
  ],
  growth,
)
console.log(
  `CPU time of one thread, median of ${ROUNDS}. ${peer ? `${peer.version}; the earlier figures are of another machine.` : NO_PEER}`,
)
peer?.stop()
rmSync(folder, { recursive: true })
