// Times optimizer steps by turns, beside the memory's own speed and PyTorch's optimizers in the same run.
import { allocate, random, vectorKernels } from '@opt/core'
import { cpuClock, median } from '../../../scripts/lib/bench.mjs'
import { startPeer } from '../../../scripts/lib/python-peer.mjs'

export const OURS = ['resident', 'resident, checked', 'own arrays']

/** CPU time of `steps` calls in seconds a call, after one that warms the caches: the others have emptied them. */
function seconds(work, steps) {
  work()
  const start = cpuClock()
  for (let k = 0; k < steps; k++) work()
  return (cpuClock() - start) / steps
}

/** PyTorch in a child process on one thread, or null where there is none. */
export async function startTorch() {
  const peer = await startPeer(new URL('torch_peer.py', import.meta.url))
  const ask = async (name, variant, n, steps) => Number(await peer.ask(`${name} ${variant} ${n} ${steps}`))
  return peer && { ...peer, ask }
}

/** Steps enough for a millisecond or two: short enough to fall between the others on a shared machine. */
const stepsFor = (n) => Math.max(2, Math.min(2000, Math.round(2e6 / n)))

/** Four arrays of n/4 entries each, as networks have several. */
export function arraysOf(n, seed) {
  const rng = random(seed)
  const some = Float32Array.from({ length: 4093 }, () => rng.normal())
  return Array.from({ length: 4 }, () => Float32Array.from({ length: n / 4 }, (_, i) => some[i % 4093]))
}

/** Bytes a second of y += a x in a workspace, over as much memory as an optimizer's arrays take: twice two times four arrays of n/4. */
function memorySpeed(n) {
  const eight = (views) => Array.from({ length: 8 }, () => views.f32(n / 4))
  const { kernels, x, y } = allocate([vectorKernels], (views) => ({ x: eight(views), y: eight(views) }))
  const add = () => x.forEach((from, k) => kernels.axpy(n / 4, 1e-9, from, y[k]))
  for (let k = 0; k < 20; k++) add()
  return (steps) => (24 * n) / seconds(add, steps)
}

/**
 * Times, by turns in several rounds, the contenders of one optimizer at one size, and the memory beside them.
 *
 * @param contenders name -> function that takes one step, or [name, variant] for PyTorch.
 * @returns `times`: name -> least nanoseconds a parameter; `ratio` and `part`, which compare within each round and take the median,
 *   so that what else the machine does weighs on both sides; `bandwidth`: the best seen, in bytes a second.
 */
export async function compare(n, contenders, torch, rounds) {
  const steps = stepsFor(n)
  const speed = memorySpeed(n)
  const present = Object.entries(contenders).filter(([, work]) => torch || typeof work === 'function')
  const seen = Object.fromEntries(present.map(([name]) => [name, []]))
  const memory = []
  for (const [, work] of present) if (typeof work === 'function') for (let k = 0; k < Math.max(5, steps); k++) work()
  for (let round = 0; round < rounds; round++) {
    memory.push(Math.max(speed(steps), torch ? await torch.ask('bandwidth', '-', n, steps) : 0))
    for (const [name, work] of present)
      seen[name].push(typeof work === 'function' ? seconds(work, steps) : await torch.ask(...work, n, steps))
  }
  const known = present.map(([name]) => name).filter((name) => seen[name].every((time) => time > 0))
  return {
    times: Object.fromEntries(known.map((name) => [name, (Math.min(...seen[name]) * 1e9) / n])),
    /** How many times faster a is than b. */
    ratio: (a, b) => median(seen[a].map((time, round) => seen[b][round] / time)),
    /** The part of the bandwidth that a contender moving so many bytes a parameter reaches. */
    part: (name, bytes) => median(seen[name].map((time, round) => (bytes * n) / time / memory[round])),
    bandwidth: Math.max(...memory),
  }
}

/** The contenders of ours: on resident arrays with and without the check of gradients, and on arrays of one's own. */
export function ours(create, n) {
  const gradients = arraysOf(n, 2)
  const resident = create(arraysOf(n, 1), { resident: true })
  const unchecked = create(arraysOf(n, 1), { resident: true, check: false })
  for (const optimizer of [resident, unchecked])
    gradients.forEach((g, k) => {
      optimizer.gradients[k].set(g)
    })
  const own = create(arraysOf(n, 1), {})
  return {
    resident: () => unchecked.step(unchecked.gradients),
    'resident, checked': () => resident.step(resident.gradients),
    'own arrays': () => own.step(gradients),
  }
}

const show = (v) => (v >= 100 ? v.toFixed(0) : v.toPrecision(2))

/** One row: nanoseconds a parameter, and in brackets the part of the bandwidth, of the contenders in the order given. */
export function row(name, n, bytes, contenders, { times, part }) {
  const cell = (contender) =>
    times[contender] === undefined ? '' : `${show(times[contender])} (${part(contender, bytes).toFixed(2)})`
  return `| ${[name, n.toExponential(0), ...contenders.map(cell)].join(' | ')} |`
}

export const head = (contenders) =>
  `| ${['', 'n', ...contenders].join(' | ')} |\n|${'---|'.repeat(contenders.length + 2)}`

/** A target and whether it is met. */
export const target = (text, value, goal, unit = 'times') =>
  `- ${text}: ${value.toFixed(2)}${unit === 'times' ? ' times' : ''} (target ${goal}): ${value >= goal ? 'met' : 'not met'}`

/** {@link target} of a ratio that is to be small. */
export const atMost = (text, value, goal) =>
  `- ${text}: ${value.toFixed(2)} times (target at most ${goal}): ${value <= goal ? 'met' : 'not met'}`
