// The benchmark of optimizer packages: times a step of ours and of its peer in torch on the same
// shapes, in alternating rounds, by CPU time, and prints a markdown table. Torch runs in OPT_PYTHON or
// .venv-peers (npm run bench:peers). OPT_NODE=/path/to/node adds the ratios of a quick run with another Node.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { cpuClock, median } from './bench.mjs'
import { root } from './packages.mjs'
import { startPeer } from './python-peer.mjs'

const ndarray = createRequire(join(root, 'packages', 'optimizers', 'package.json'))('ndarray')
const quick = process.argv.includes('--quick')
const ratiosOnly = process.argv.includes('--ratios')

/** Prints what another Node says of the same benchmark, in a sentence. */
export function printRatiosOfOtherNode() {
  if (!process.env.OPT_NODE || ratiosOnly) return
  const { OPT_NODE, ...env } = process.env
  const { stdout } = spawnSync(OPT_NODE, ['bench/index.mjs', '--quick', '--ratios'], { env, encoding: 'utf8' })
  console.log(`\n${stdout.trim()}`)
}

/** Prints that sentence, in the other Node. */
export const printRatios = (text) => console.log(`On Node ${process.versions.node}, in a quick run: ${text}.`)

/** Starts the child process that times torch optimizers on one thread; null without torch. */
async function startTorch() {
  const peer = await startPeer(new URL('optimizer_bench.py', import.meta.url))
  return peer && { ...peer, ask: async (question) => JSON.parse(await peer.ask(JSON.stringify(question))) }
}

/**
 * Returns four float32 matrices and their gradients; if `orthogonal`, each row of a gradient is
 * orthogonal to its parameters.
 */
function matrices([rows, columns], orthogonal) {
  let state = 1
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state / 2147483648
  }
  const make = () => Float32Array.from({ length: rows * columns }, uniform)
  const parameters = Array.from({ length: 4 }, make)
  const gradients = parameters.map((x) => {
    const g = make()
    for (let at = 0; orthogonal && at < g.length; at += columns) {
      let [xg, xx] = [0, 0]
      for (let j = at; j < at + columns; j++) {
        xg += x[j] * g[j]
        xx += x[j] * x[j]
      }
      for (let j = at; j < at + columns; j++) g[j] -= (xg / xx) * x[j]
    }
    return g
  })
  const shaped = (list) => list.map((data) => ndarray(data, [rows, columns]))
  return [shaped(parameters), shaped(gradients)]
}

const seconds = (work, count) => {
  const start = cpuClock()
  for (let i = 0; i < count; i++) work()
  return (cpuClock() - start) / count
}

/**
 * @param subjects [{ label, ours: (parameters, options) => optimizer, step?: (optimizer, gradients) => void,
 *   torch: Python for an optimizer of `p`, orthogonal? }]
 */
export async function benchOptimizers(subjects) {
  const torch = await startTorch()
  const shapes = quick
    ? [[250, 100]]
    : [
        [250, 100],
        [2500, 1000],
      ]
  const rounds = quick ? 5 : 15
  const rows = []
  const notes = new Set()
  for (const shape of shapes)
    for (const { label, ours, torch: expression, orthogonal = false, step = (o, g) => o.step(g) } of subjects) {
      const size = 4 * shape[0] * shape[1]
      const count = Math.max(1, Math.round(2e6 / size))
      const [parameters, gradients] = matrices(shape, orthogonal)
      const own = ours(parameters, {})
      const resident = ours(parameters, { resident: true })
      gradients.forEach((g, i) => {
        resident.gradients[i].data.set(g.data)
      })
      // Updates may overwrite the resident gradients: what is timed includes writing them, as a
      // training loop does.
      const fill = () => gradients.forEach((g, i) => resident.gradients[i].data.set(g.data))
      // Until the engine has compiled all of it.
      for (let k = 0; k < 10 * count; k++) {
        step(own, gradients)
        step(resident, resident.gradients)
      }
      const times = { own: [], resident: [], torch: [] }
      const peer = torch && expression ? await torch.ask({ make: expression, shape, orthogonal }) : null
      if (peer?.missing) notes.add(`${label}: ${peer.missing}`)
      for (let r = 0; r < rounds + 2; r++) {
        const turn = {
          own: seconds(() => step(own, gradients), count),
          resident: seconds(() => {
            fill()
            step(resident, resident.gradients)
          }, count),
          torch: peer && !peer.missing ? (await torch.ask({ time: count })).seconds : Number.NaN,
        }
        if (r >= 2) for (const kind of Object.keys(times)) times[kind].push(turn[kind])
      }
      const each = (kind) => (median(times[kind]) / size) * 1e9
      const shown = (kind) => (Number.isNaN(each(kind)) ? '-' : each(kind).toFixed(2))
      const ratio = median(times.torch.map((time, round) => time / times.own[round]))
      rows.push([
        label,
        size.toExponential(0).replace('e+', 'e'),
        shown('own'),
        shown('resident'),
        shown('torch'),
        Number.isNaN(ratio) ? '-' : ratio.toFixed(1),
      ])
    }
  torch?.stop()
  if (ratiosOnly) {
    printRatios(`torch / ours at 1e5 is ${rows.map((row) => `${row.at(-1)} (${row[0]})`).join(', ')}`)
    return
  }
  const header = ['optimizer', 'parameters', 'ours, ns', 'ours resident, ns', 'torch, ns', 'torch / ours']
  for (const row of [header, header.map((_, k) => (k === 0 ? '---' : '--:')), ...rows])
    console.log(`| ${row.join(' | ')} |`)
  console.log()
  console.log(
    `Nanoseconds of CPU time a parameter and step, four float32 matrices, one thread, medians of ${rounds} rounds that take turns. "Ours" copies gradients and parameters in and out of the optimizer's memory, "resident" only the gradients. ${torch ? torch.version : 'Torch is not there (npm run bench:peers).'}`,
  )
  for (const note of notes) console.log(`\n${note}`)
  printRatiosOfOtherNode()
}
