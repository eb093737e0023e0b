// A step of BSVRB beside numpy in closed form, and a step by two threads beside one, in turns.
// node bench/index.mjs [--quick]     Python with numpy: OPT_PYTHON, or .venv-peers in the repository's root.
import { readdirSync, readFileSync } from 'node:fs'
import { random } from '@opt/core'
import { task } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'
import { blockSampler, bsvrb, recordSampler, replaySampler, soba, temperatureLogistic } from '@opt/mbbo'
import { printTable } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'
import { problem as dear, FEATURES, MODELS, ROWS } from './blocks.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 2 : 5
const show = (us) => `${us.toPrecision(3)} us`

const python = await startPeer(new URL('python_peer.py', import.meta.url))
const cases = [
  { m: 10, I: 5, B: 32, d: 31, steps: 200 },
  { m: 100, I: 5, B: 32, d: 31, steps: 200 },
  { m: 1000, I: 5, B: 32, d: 31, steps: 200 },
  { m: 10, I: 10, B: 32, d: 31, steps: 100 },
  { m: 10, I: 5, B: 200, d: 31, steps: 100 },
  { m: 10, I: 5, B: 32, d: 100, steps: 100 },
  { m: 10, I: 5, B: 200, d: 300, steps: 20 },
]
const rows = []
for (const { m, I, B, d, steps } of quick ? cases.slice(0, 2) : cases) {
  console.error(`m ${m}, I ${I}, B ${B}, d ${d}`)
  const rng = random(1)
  const draw = (n) => {
    const inputs = Array.from({ length: n }, () => Float64Array.from({ length: d }, () => rng.normal() / Math.sqrt(d)))
    return { inputs, labels: inputs.map((row) => (row[0] + row[1] + 0.2 * rng.normal() > 0 ? 1 : -1)) }
  }
  const [training, validation] = [draw(200), draw(200)]
  const temperatures = Array.from({ length: m }, (_, i) => 0.2 + (0.8 * i) / m)
  const problem = temperatureLogistic(training, validation, temperatures, { l2: 0.01 })
  const sampler = recordSampler(
    blockSampler({ blocks: m, blocksPerStep: I, examples: problem.examples, batchSize: B, seed: 2 }),
  )
  const start = { x: new Float64Array(200), y: temperatures.map(() => new Float64Array(d)) }
  const parameters = { alpha: 0.5, beta: 0.3, gamma: 0.5, tau: 0.02, eta: 1, radius: 50 }
  const options = { ...parameters, eigenvalues: [0.005, Infinity], tolerance: 0, maxIterations: steps, history: false }
  bsvrb(problem, start, { ...options, sampler })
  const { recording } = sampler
  if (python) {
    const signed = ({ inputs, labels }) => inputs.map((row, i) => Array.from(row, (value) => value * labels[i]))
    const plain = ({ lower, upper }) => ({ lower: [...lower], upper: [...upper] })
    await python.ask(
      JSON.stringify({
        X: signed(training),
        Xv: signed(validation),
        temperatures,
        l2: 0.01,
        blocks: recording.blocks.map((step) => [...step]),
        samples: recording.samples.map(plain),
      }),
    )
  }
  const best = {}
  const take = (name, us) => (best[name] = Math.min(best[name] ?? Infinity, us))
  let gap = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const version of [1, 2]) {
      let answer
      for (let k = 0; k < 2; k++) {
        const given = { ...options, version, sampler: replaySampler(recording) }
        // The first samples of all blocks are not part of a step.
        const first = bsvrb(problem, start, { ...given, maxIterations: 1 })
        const from = process.cpuUsage()
        answer = bsvrb(problem, first, { ...given, maxIterations: steps - 1 })
        take(`ours ${version}`, process.cpuUsage(from).user / (steps - 1))
      }
      if (!python) continue
      const request = { version, steps, least: 0.005, ...parameters }
      const reply = JSON.parse(await python.ask(JSON.stringify(request)))
      const none = JSON.parse(await python.ask(JSON.stringify({ ...request, steps: 1 })))
      take(`numpy ${version}`, (reply.microseconds * steps - none.microseconds) / (steps - 1))
      gap = Math.max(gap, ...reply.x.map((value, i) => Math.abs(value - answer.x[i])))
    }
    const sampler = blockSampler({ blocks: m, blocksPerStep: I, examples: problem.examples, batchSize: B })
    for (let k = 0; k < 2; k++) {
      const from = process.cpuUsage()
      soba(problem, start, {
        beta: 0.3,
        tau: 0.02,
        eta: 1,
        tolerance: 0,
        maxIterations: steps,
        history: false,
        sampler,
      })
      take('soba', process.cpuUsage(from).user / steps)
    }
  }
  const ratio = (version) => (python ? (best[`numpy ${version}`] / best[`ours ${version}`]).toPrecision(2) : '-')
  const numpy = (version) => (python ? show(best[`numpy ${version}`]) : '-')
  const memory = (version) => `${Math.round((8 * m * (version === 1 ? 3 * d + 2 * d * d : 6 * d)) / 1000)} kB`
  rows.push([
    m,
    I,
    B,
    d,
    show(best['ours 1']),
    numpy(1),
    ratio(1),
    show(best['ours 2']),
    numpy(2),
    ratio(2),
    show(best.soba),
    python ? gap.toExponential(0) : '-',
    `${memory(1)}, ${memory(2)}`,
  ])
}
python?.stop()
printTable(
  ['m', 'I', 'B', 'd', 'version 1', 'numpy', 'ratio', 'version 2', 'numpy', 'ratio', 'SOBA', 'difference', 'memory'],
  rows,
)
console.log(
  `\nCPU time of a step, the best of ${ROUNDS} rounds in turns, one thread each${python ? `; ${python.version}` : ''}; x has 200 entries. 'difference' is the largest of x between the implementations, memory that of the blocks' estimates in versions 1 and 2.\n`,
)

const [module, spin] = ['step', 'spin'].map((name) => task(new URL('./blocks.mjs', import.meta.url), name))
const [one, two] = [1, 2].map((workers) => workerThreads({ workers }))
const STEPS = 3
const times = []

/** Nanoseconds that each thread of this process has had a core (Linux). */
const coreTimes = () =>
  new Map(
    readdirSync('/proc/self/task').map((id) => [
      Number(id),
      Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[0]),
    ]),
  )
/** Milliseconds since then of this thread and of the busiest other one: what the work takes where cores are free. */
const needed = (before) => {
  const spent = [...coreTimes()].map(([id, time]) => [id, time - (before.get(id) ?? 0)])
  const own = spent.find(([id]) => id === process.pid)[1]
  return (own + Math.max(0, ...spent.filter(([id]) => id !== process.pid).map(([, time]) => time))) / 1e6
}

const spins = { one: Infinity, two: Infinity }
const sizes = [
  [2, ROWS],
  [4, ROWS],
  [8, ROWS],
  [8, 1000],
]
for (const [I, B] of quick ? sizes.slice(1, 2) : sizes) {
  console.error(`I ${I}, B ${B}`)
  const start = { x: new Float64Array(ROWS), y: Array.from({ length: MODELS }, () => new Float64Array(FEATURES)) }
  const options = (maxIterations, sampler) => ({
    sampler,
    eta: 1,
    tau: 0.02,
    maxIterations,
    tolerance: 0,
    history: false,
  })
  const sampler = () =>
    blockSampler({
      blocks: MODELS,
      blocksPerStep: I,
      examples: dear.examples,
      batchSize: B < ROWS ? B : undefined,
      seed: 3,
    })
  const first = bsvrb(dear, start, options(1, sampler()))
  const best = { here: Infinity, one: Infinity, two: Infinity }
  const wall = { ...best }
  const answers = {}
  for (let round = 0; round < (quick ? 1 : 4); round++)
    for (const [name, executor] of [
      ['here', undefined],
      ['one', one],
      ['two', two],
    ]) {
      const workers = executor && { executor, task: module }
      const [from, before] = [performance.now(), coreTimes()]
      answers[name] = await bsvrb.async(dear, first, { ...options(STEPS, sampler()), workers })
      wall[name] = Math.min(wall[name], (performance.now() - from) / STEPS)
      best[name] = Math.min(best[name], needed(before) / STEPS)
      if (!executor) continue
      const start = performance.now()
      await executor.map(spin, [1, 2])
      spins[name] = Math.min(spins[name], performance.now() - start)
    }
  const same = answers.here.x.every(
    (value, i) => Object.is(value, answers.one.x[i]) && Object.is(value, answers.two.x[i]),
  )
  const ms = (value) => `${value.toPrecision(3)} ms`
  times.push([
    I,
    B === ROWS ? 'all' : B,
    ms(best.here),
    ms(best.one),
    ms(best.two),
    (best.one / best.two).toPrecision(2),
    (wall.one / wall.two).toPrecision(2),
    same ? 'the same' : 'DIFFERENT',
  ])
}
await one.close()
await two.close()
printTable(['I', 'B', 'this thread', 'one worker', 'two workers', 'one / two', 'by the clock', 'bits'], times)
console.log(
  `\nA step of version 2 on ${MODELS} models of ${FEATURES} features, ${ROWS} rows in each level, the best of 4 rounds of ${STEPS} steps. Times are those on free cores: the time that this thread and the busiest worker had a core. 'by the clock' is the same ratio of wall times; arithmetic alone was ${(spins.one / spins.two).toPrecision(2)} times as fast on two threads as on one.`,
)
if (!python) console.log(`\n${NO_PEER}`)
