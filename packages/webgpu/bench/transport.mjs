// Milliseconds of one Sinkhorn iteration, and seconds of a whole SNS solve, on the CPU and on the GPU.
import { random } from '@opt/core'
import { costRows, pairwiseCost, sinkhorn, sinkhornNewton } from '@opt/sinkhorn-sns'
import { cpuClock } from '../../../scripts/lib/bench.mjs'
import { iterationOf, now, pacer } from './timing.mjs'

/** What the CPU may hold in memory, cost and kernel matrix in float64; beyond, it works from the points. */
const CPU_BYTES = 2 ** 31

function problem(n) {
  const rng = random(0)
  const cloud = () => Array.from({ length: n }, () => [rng.uniform(), rng.uniform(), rng.uniform()])
  const even = new Float64Array(n).fill(1 / n)
  return { x: cloud(), y: cloud(), a: even, b: even }
}

const NONE = 'no time'
const two = (value) => Number(value.toPrecision(2)).toString()
const ratio = (cpu, own) => (cpu > 0 && own > 0 ? two(cpu / own) : '')
const size = (bytes) => (bytes < 1e9 ? `${two(bytes / 1e6)} MB` : `${two(bytes / 1e9)} GB`)

/**
 * Rows of Sinkhorn: n, ms of an iteration on the CPU (in CPU time), on the GPU with the matrix and with the points, how
 * many times as fast the better of the two is, and its memory; `ratios` gets the latter.
 */
export function sinkhornRows(sizes, least, ratios) {
  const paced = { cpu: pacer(), matrix: pacer(), points: pacer() }
  const options = { epsilon: 0.01, tolerance: 0, history: false }
  return sizes.map((n) => ({
    cells: [n],
    async run(gpu, left) {
      const { x, y, a, b } = problem(n)
      const cost = costRows(x, y)
      const { points, ...rows } = cost
      let used = 0
      const onDevice = (given) => () => {
        const solve = (maxIterations, report) => {
          const onProgress = () => {
            used = Math.max(used, gpu.memory.used)
            report()
          }
          return sinkhorn.async(given, a, b, { ...options, maxIterations, onProgress, backend: gpu })
        }
        return iterationOf(solve, now, least)
      }
      const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits
      const fits = 4 * n * n <= Math.min(maxBufferSize, maxStorageBufferBindingSize)
      const fromPoints = await paced.points(n * n, left(), onDevice(cost))
      const fromMatrix = fits ? await paced.matrix(n * n, left(), onDevice(rows)) : undefined
      const inMemory = 16 * n * n <= CPU_BYTES
      const cpu = await paced.cpu(n * n, left(), () => {
        const given = inMemory ? pairwiseCost(x, y) : cost
        const domain = inMemory ? 'kernel' : 'log'
        const solve = (iterations, report) => {
          for (const _ of sinkhorn.steps(given, a, b, { ...options, domain })) {
            report()
            if (--iterations === 0) break
          }
        }
        return iterationOf(solve, cpuClock, least)
      })
      const best = Math.min(fromPoints ?? Infinity, fromMatrix ?? Infinity)
      if (cpu > 0 && best < Infinity) ratios.set(n, cpu / best)
      const shown = (seconds) => (seconds === undefined ? NONE : (1000 * seconds).toPrecision(3))
      const matrix = fits ? shown(fromMatrix) : `${size(4 * n * n)}, too large for a buffer`
      return [shown(cpu), matrix, shown(fromPoints), used > 0 ? size(used) : '', ratio(cpu, best)]
    },
  }))
}

/**
 * Rows of SNS to an error of 1e-5: n, seconds on the CPU (of CPU time) and on the GPU, how many times as
 * fast, the iterations of both, how far the values are apart.
 */
export function snsRows(sizes, epsilon) {
  const paced = { cpu: pacer(), gpu: pacer() }
  const options = { epsilon, tolerance: 1e-5, history: false }
  let compiled = null
  return sizes.map((n) => ({
    cells: [n],
    async run(gpu, left) {
      const solve = (n) => {
        const { x, y, a, b } = problem(n)
        return sinkhornNewton.async(costRows(x, y), a, b, { ...options, backend: gpu })
      }
      if (compiled !== gpu) await solve(8)
      compiled = gpu
      const timed = (clock, work) => async () => {
        const start = clock()
        const answer = await work()
        return { ...answer, seconds: clock() - start }
      }
      const own = await paced.gpu(
        n * n,
        left(),
        timed(now, () => solve(n)),
      )
      const { x, y, a, b } = problem(n)
      const cpu = await paced.cpu(
        n * n,
        left(),
        timed(cpuClock, () =>
          sinkhornNewton(16 * n * n <= CPU_BYTES ? pairwiseCost(x, y) : costRows(x, y), a, b, options),
        ),
      )
      const work = (answer) => answer && `${answer.sinkhornIterations} + ${answer.newtonIterations}`
      return [
        cpu ? two(cpu.seconds) : NONE,
        own ? two(own.seconds) : NONE,
        ratio(cpu?.seconds, own?.seconds),
        work(cpu) ?? '',
        work(own) ?? '',
        cpu && own ? Math.abs(own.value / cpu.value - 1).toExponential(0) : '',
      ]
    },
  }))
}
