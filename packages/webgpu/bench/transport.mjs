// Milliseconds of one Sinkhorn iteration, and seconds of a whole SNS solve, on the CPU and on the GPU.
import { random } from '@opt/core'
import { costRows, pairwiseCost, sinkhorn, sinkhornNewton } from '@opt/sinkhorn-sns'

/** What the CPU holds in memory: cost and plan in float64. */
const CPU_BYTES = 2 ** 31
/** Seconds that one figure may take. */
const PATIENCE = 60

function problem(n) {
  const rng = random(0)
  const cloud = () => Array.from({ length: n }, () => [rng.uniform(), rng.uniform(), rng.uniform()])
  const even = new Float64Array(n).fill(1 / n)
  return { x: cloud(), y: cloud(), a: even, b: even }
}

async function seconds(work) {
  const start = performance.now()
  const value = await work()
  return [(performance.now() - start) / 1000, value]
}

/** Seconds of one iteration, setting-up taken off; null when it would take too long. */
async function iteration(solve) {
  const [once] = await seconds(() => solve(2))
  if (once > PATIENCE) return null
  const [twice] = await seconds(() => solve(4))
  const more = Math.max(4, Math.min(256, Math.ceil(2 / Math.max(1e-4, (twice - once) / 2))))
  const [short] = await seconds(() => solve(more))
  const [long] = await seconds(() => solve(2 * more))
  return (long - short) / more
}

const options = { epsilon: 0.01, tolerance: 0, history: false }
const show = (t) => (t === null ? '-' : (1000 * t).toPrecision(3))

/** Rows of a table: n, ms an iteration on the CPU, on the GPU with the matrix and with the points, and how many times as fast. */
export async function sinkhornRows(gpu, sizes) {
  const rows = []
  let slow = { cpu: false, gpu: false }
  for (const n of sizes) {
    console.error(`Sinkhorn, n = ${n}`)
    const { x, y, a, b } = problem(n)
    const points = costRows(x, y)
    const onCpu = 16 * n * n <= CPU_BYTES
    const C = 8 * n * n <= CPU_BYTES ? pairwiseCost(x, y) : null
    const domain = onCpu ? 'kernel' : 'log'
    const cpu = slow.cpu
      ? null
      : await iteration((maxIterations) => sinkhorn(onCpu ? C : points, a, b, { ...options, domain, maxIterations }))
    const device = (cost) =>
      iteration((maxIterations) => sinkhorn.async(cost, a, b, { ...options, maxIterations, backend: gpu }))
    const matrix = C && !slow.gpu ? await device(C).catch(() => null) : null
    const free = slow.gpu ? null : await device(points)
    slow = {
      cpu: slow.cpu || cpu === null || cpu > PATIENCE / 8,
      gpu: slow.gpu || free === null || free > PATIENCE / 8,
    }
    const best = Math.min(matrix ?? Infinity, free ?? Infinity)
    const ratio = cpu !== null && best < Infinity ? (cpu / best).toPrecision(2) : '-'
    rows.push([n, show(cpu), show(matrix), show(free), ratio])
    if (slow.cpu && slow.gpu) break
  }
  return rows
}

/** Rows of a table: n, seconds of SNS to 1e-5 on the CPU and on the GPU, how many times as fast, how far the values are apart. */
export async function snsRows(gpu, sizes) {
  const rows = []
  for (const n of sizes) {
    console.error(`SNS, n = ${n}`)
    const { x, y, a, b } = problem(n)
    const wanted = { epsilon: 0.005, tolerance: 1e-5, history: false }
    const [cpu, theirs] = await seconds(() => sinkhornNewton(pairwiseCost(x, y), a, b, wanted))
    const device = () => sinkhornNewton.async(costRows(x, y), a, b, { ...wanted, backend: gpu })
    await device()
    const [own, ours] = await seconds(device)
    const work = ({ sinkhornIterations, newtonIterations }) => `${sinkhornIterations} + ${newtonIterations}`
    const apart = Math.abs(ours.value / theirs.value - 1).toExponential(0)
    rows.push([n, cpu.toPrecision(2), own.toPrecision(2), (cpu / own).toPrecision(2), work(theirs), work(ours), apart])
    if (cpu > PATIENCE || own > PATIENCE) break
  }
  return rows
}
