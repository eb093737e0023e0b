// The kernels against plain loops, ml-matrix and numpy on one thread: ratios in one run, each with the target it must reach.
// node bench/index.mjs [--quick] [name...]
import { availableParallelism, cpus } from 'node:os'
import { gemmScratch, plainKernels, random, solveScratch, Workspace, workspace } from '@opt/core'
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { startNumpy } from './numpy.mjs'
import * as plain from './plain.mjs'
import { compare } from './timing.mjs'

const args = process.argv.slice(2)
const quick = args.includes('--quick')
const only = args.filter((arg) => !arg.startsWith('--'))
const settings = quick ? { rounds: 3, batch: 8 } : { rounds: 9, batch: 20 }
const numpy = await startNumpy()
const rows = []

const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** Times `ours` against the others and notes one row for each target: { name: least ratio of their time to ours }. */
async function measure(task, n, contenders, targets) {
  if (only.length > 0 && !only.includes(task)) return
  console.error(`${task} ${n}`)
  if (numpy && targets.numpy) contenders.numpy = { remote: () => numpy.time(task, n, settings.batch) }
  const times = await compare(contenders, settings)
  for (const [name, target] of Object.entries(targets)) {
    if (times[name] === undefined) continue
    rows.push([`${task}, n = ${n}`, name, times.ours, times[name], times[name] / times.ours, target])
  }
}

/** Views of one workspace, filled with uniform numbers. */
function filled(sizes, Kind = Float64Array) {
  const size = Kind.BYTES_PER_ELEMENT
  const ws = workspace(sizes.reduce((sum, n) => sum + size * n + 16, 0))
  const rng = random(1)
  const views = sizes.map((n) => (size === 8 ? ws.f64(n) : ws.f32(n)))
  for (const view of views) for (let i = 0; i < view.length; i++) view[i] = rng.uniform()
  return { kernels: ws.kernels, views, twins: views.map((view) => view.slice()) }
}

async function products(n) {
  const work = gemmScratch(n, n, n)
  {
    const { kernels, views, twins } = filled([n * n, n * n, n * n, work])
    const [A, B, C, scratch] = views
    const [left, right] = twins.map((twin) => twin.length === n * n && Matrix.from1DArray(n, n, twin))
    const ours = () => {
      C.fill(0)
      kernels.gemm(n, n, n, 1, A, n, 1, B, n, 1, C, n, scratch)
    }
    const loop = () => plain.gemm(n, twins[0], twins[1], twins[2])
    await measure(
      'gemm',
      n,
      { ours, 'plain loop': loop, 'ml-matrix': () => left.mmul(right) },
      { 'plain loop': 8, 'ml-matrix': 6, numpy: 0.3 },
    )
  }
  {
    const { kernels, views, twins } = filled([n * n, n * n, n * n, work], Float32Array)
    const [A, B, C, scratch] = views
    const gemm = plain.fresh(plain.gemm)
    const ours = () => {
      C.fill(0)
      kernels.gemm32(n, n, n, 1, A, n, 1, B, n, 1, C, n, scratch)
    }
    const loop = () => gemm(n, twins[0], twins[1], twins[2])
    await measure('gemm32', n, { ours, 'plain loop': loop }, { 'plain loop': 8, numpy: 0.3 })
  }
  {
    const { kernels, views } = filled([n * n, solveScratch(n, n)])
    const [A, scratch] = views
    const S = A.slice()
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) S[i * n + j] = S[j * n + i] = i === j ? n : 1 / (1 + i - j)
    const matrix = Matrix.from1DArray(n, n, S)
    const ours = () => {
      A.set(S)
      if (kernels.potrf(n, A, n, scratch) !== 0) throw new Error('potrf: not positive definite')
    }
    await measure(
      'potrf',
      n,
      { ours, 'ml-matrix': () => new CholeskyDecomposition(matrix) },
      { 'ml-matrix': 4, numpy: 0.5 },
    )
  }
}

async function matrixVector(n) {
  const inCache = n <= 1024
  const { kernels, views, twins } = filled([n * n, n, n, n, n])
  const [A, x, y, a, z] = views
  const [A1, x1, y1, a1, z1] = twins
  const targets = { 'plain loop': inCache ? 3 : 1.5, numpy: 0.4 }
  await measure(
    'gemv',
    n,
    { ours: () => kernels.gemv(n, n, A, n, x, y), 'plain loop': () => plain.gemv(n, n, A1, x1, y1) },
    targets,
  )
  const transposed = () => {
    y.fill(0)
    kernels.gemvT(n, n, A, n, x, y)
  }
  await measure('gemvT', n, { ours: transposed, 'plain loop': () => plain.gemvT(n, n, A1, x1, y1) }, targets)
  const scaling = {
    ours: () => kernels.scale2(n, n, A, n, a, x, y, z),
    'plain loop': () => plain.scaling(n, A1, a1, x1, y1, z1),
  }
  await measure('scale2', n, scaling, { 'plain loop': 3, numpy: 0.6 })
}

async function exponentials(n) {
  const epsilon = 0.05
  const { kernels, views, twins } = filled([n * n, n * n, n, n, n, n, 2 * n])
  const [C, Y, a, f, g, z, t] = views
  const [C1, Y1, a1, f1, g1, z1, t1] = twins
  const logarithm = { ours: () => kernels.vlog(n * n, C, Y), 'plain loop': () => plain.log(n * n, C1, Y1) }
  await measure('vlog', n * n, logarithm, { 'plain loop': 1.3 })
  const row = {
    ours: () => kernels.rowLse(n, n, C, n, g, epsilon, f, t),
    'plain loop': () => plain.rowLse(n, C1, g1, epsilon, f1),
  }
  await measure('rowLse', n, row, { 'plain loop': 3 })
  await measure(
    'softmaxRows',
    n,
    { ours: () => kernels.softmaxRows(n, n, C, n, Y, n), 'plain loop': () => plain.softmax(n, C1, Y1) },
    { 'plain loop': 2.5 },
  )
  for (const [i, p] of [[a, a1]].flat().entries()) p.fill(1 / n, 0, i < 0 ? 0 : n)
  f.fill(0)
  const fused = () => {
    kernels.sinkhornRow(n, n, C, n, a, f, g, epsilon, z, t)
    for (let j = 0; j < n; j++) g[j] += epsilon * Math.log(a[j] / z[j])
  }
  const loop = () => plain.sinkhorn(n, C1, a1, a1, f1, z1, epsilon, t1)
  await measure('sinkhornRow', n, { ours: fused, 'plain loop': loop }, { 'plain loop': 5, numpy: 1.5 })
  for (const twin of [C, C1]) for (let i = 0; i < n * n; i++) twin[i] = 20 * twin[i] - 15
  await measure(
    'vexp',
    n * n,
    { ours: () => kernels.vexp(n * n, C, Y), 'plain loop': () => plain.exp(n * n, C1, Y1) },
    { 'plain loop': 3 },
  )
}

async function optimizers(n, Kind, suffix, target) {
  const { kernels, views, twins } = filled([n, n, n, n], Kind)
  const [p, m, v, g] = views
  const [p1, m1, v1, g1] = twins
  const [lion, adamw] = [plain.fresh(plain.lion), plain.fresh(plain.adamw)]
  const lionSettings = [0.001, 0.1, 0.9, 0.99]
  const adamwSettings = [0.001, 1.5, 0.99, 0.9, 0.999, 1e-8]
  const l = {
    ours: () => kernels[`lion${suffix}`](n, p, m, g, ...lionSettings),
    'plain loop': () => lion(n, p1, m1, g1, ...lionSettings),
  }
  await measure(`lion${suffix}`, n, l, { 'plain loop': target })
  const a = {
    ours: () => kernels[`adamw${suffix}`](n, p, m, v, g, ...adamwSettings),
    'plain loop': () => adamw(n, p1, m1, v1, g1, ...adamwSettings),
  }
  await measure(`adamw${suffix}`, n, a, { 'plain loop': target })
}

async function sparse() {
  const [m, each] = [20000, 20]
  const rng = random(1)
  const starts = Int32Array.from({ length: m + 1 }, (_, i) => i * each)
  const columns = Int32Array.from({ length: m * each }, () => rng.integer(0, m))
  const values = Float64Array.from({ length: m * each }, () => rng.uniform())
  const x = Float64Array.from({ length: m }, () => rng.uniform())
  const y = new Float64Array(m)
  const ws = workspace(8e6)
  const own = [ws.i32(m + 1), ws.i32(m * each), ws.f64(m * each), ws.f64(m), ws.f64(m)]
  for (const [i, array] of [starts, columns, values, x].entries()) own[i].set(array)
  const contenders = {
    ours: () => ws.kernels.spmv(m, ...own),
    'plain loop': () => plain.spmv(m, starts, columns, values, x, y),
  }
  await measure('spmv', m * each, contenders, { 'plain loop': 1.3 })
}

/** Twenty log-domain iterations with everything they need: a workspace and its views against fresh arrays and plain kernels. */
async function smallSolve(n) {
  const rng = random(1)
  const costs = Float64Array.from({ length: n * n }, () => rng.uniform())
  const solve = (f64, kernels) => {
    const [C, a, f, g, z, t] = [n * n, n, n, n, n, n].map(f64)
    C.set(costs)
    a.fill(1 / n)
    for (let i = 0; i < 20; i++) {
      kernels.sinkhornRow(n, n, C, n, a, f, g, 0.1, z, t)
      for (let j = 0; j < n; j++) g[j] += 0.1 * Math.log(a[j] / z[j])
    }
  }
  const ours = () => {
    const ws = workspace(8 * n * n + 40 * n + 96)
    solve((size) => ws.f64(size), ws.kernels)
  }
  const loops = () => {
    const [C, a, f, g, t] = [
      costs.slice(),
      new Float64Array(n).fill(1 / n),
      new Float64Array(n),
      new Float64Array(n),
      new Float64Array(n),
    ]
    for (let i = 0; i < 20; i++) plain.sinkhorn(n, C, a, a, f, g, 0.1, t)
  }
  const twin = () => solve((size) => new Float64Array(size), plainKernels)
  await measure(
    'small solve',
    n,
    { ours, 'plain loop': loops, 'plain kernels': twin },
    { 'plain loop': 1, 'plain kernels': 1 },
  )
}

for (const n of quick ? [256] : [256, 1024]) await products(n)
for (const n of quick ? [256] : [256, 1024, 2048]) await matrixVector(n)
for (const n of quick ? [256] : [256, 1024, 2048]) await exponentials(n)
for (const n of quick ? [100000] : [100000, 1000000]) {
  await optimizers(n, Float32Array, '32', 4)
  await optimizers(n, Float64Array, '', 1.5)
}
await sparse()
await smallSolve(10)
let microseconds
if (only.length === 0 || only.includes('workspace')) {
  const { ours } = await compare({ ours: () => new Workspace(2000).f64(200) }, settings)
  microseconds = ours * 1000
}
numpy?.stop()

console.log('| kernel | against | ours, ms | theirs, ms | ratio | target | |')
console.log('| --- | --- | ---: | ---: | ---: | ---: | --- |')
for (const [task, name, ours, theirs, ratio, target] of rows) {
  const shown = target < 1 ? `${Math.round(100 * ratio)} %` : digits(ratio)
  const goal = target < 1 ? `${100 * target} %` : target
  console.log(
    `| ${task} | ${name} | ${digits(ours)} | ${digits(theirs)} | ${shown} | ${goal} | ${ratio >= target ? 'met' : 'not met'} |`,
  )
}
if (microseconds !== undefined)
  console.log(
    `| a workspace of 2 kB and one view | 3 us | ${digits(microseconds / 1000)} | | | | ${microseconds <= 3 ? 'met' : 'not met'} |`,
  )
console.log(
  `\nNode ${process.versions.node}, ${cpus()[0].model}, ${availableParallelism()} processors; ${numpy ? `${numpy.version} on one thread` : 'numpy is not there: npm run bench:peers'}.`,
)
