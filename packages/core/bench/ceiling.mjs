// Every product kernel as a part of what WebAssembly can do, and of OpenBLAS, in one run: a ceiling measured beside each of them.

import { fileURLToPath } from 'node:url'
import { allocate, gemmScratch, matrixKernels, matrixView, random, transpose } from '@opt/core'
import asc from 'assemblyscript/asc'
import { median } from '../../../scripts/lib/bench.mjs'
import { turns } from './timing.mjs'

/** Iterations of a call of the ceiling: tens of microseconds. */
const TURNS = 20_000
const CHAINS = 12

async function ceilings() {
  const file = fileURLToPath(new URL('ceiling.ts', import.meta.url))
  let wasm
  const options = [
    '--baseDir',
    '/',
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--outFile',
    'm.wasm',
  ]
  const writeFile = (_, bytes) => {
    wasm = bytes
  }
  const { error, stderr } = await asc.main([file, ...options], { writeFile })
  if (error) throw new Error(stderr.toString())
  const { chains64, chains32 } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { abort() {} } }).exports
  const flops = (lanes) => 2 * lanes * CHAINS * TURNS
  return {
    64: { run: () => chains64(TURNS, 0.999, 0.001), flops: flops(2) },
    32: { run: () => chains32(TURNS, 0.999, 0.001), flops: flops(4) },
  }
}

/** C += A B in a shape m x n x k; `form` says which of A and B is a transpose in memory. */
function product(bits, m, n, k, form) {
  const { kernels, views } = allocate([matrixKernels], (space) => {
    const make = (size) => (bits === 64 ? space.f64(size) : space.f32(size))
    return { views: [make(m * k), make(k * n), make(m * n), make(gemmScratch(m, n, k))] }
  })
  const [a, b, c, work] = views
  const rng = random(1)
  for (const x of [a, b]) for (let i = 0; i < x.length; i++) x[i] = rng.uniform(-1, 1)
  const A = form[0] === 't' ? transpose(matrixView(a, k, m)) : matrixView(a, m, k)
  const B = form[1] === 't' ? transpose(matrixView(b, n, k)) : matrixView(b, k, n)
  const C = matrixView(c, m, n)
  return () => {
    c.fill(0)
    kernels.gemm(1, A, B, C, work)
  }
}

/** C -= A A', lower half: counted as what it computes. */
function symmetric(n) {
  const { kernels, views } = allocate([matrixKernels], (space) => ({
    views: [space.f64(n * n), space.f64(n * n), space.f64(gemmScratch(n, n, n))],
  }))
  const [a, c, work] = views
  const rng = random(1)
  for (let i = 0; i < n * n; i++) a[i] = rng.uniform(-1, 1)
  return () => {
    c.fill(0)
    kernels.syrk(1, matrixView(a, n, n), matrixView(c, n, n), work)
  }
}

/** Products, their shapes, and the part of the ceiling to reach: a square one, then those of a network's step on 128 examples with a layer of 784 x 256. */
const shapes = (n) => [
  ['square', n, n, n, 'nn', 0.8],
  ['X W', 128, 256, 784, 'nn', 0.7],
  ["X' D", 784, 256, 128, 'tn', 0.7],
  ["D W'", 128, 784, 256, 'nt', 0.7],
]

/** Returns the rows of the table. Parts are medians of the ratios of single turns, in which all had as much time. */
export async function productCeilings(numpy, n, { rounds, batch }) {
  const ceiling = await ceilings()
  const rows = []
  const percent = (part) => `${Math.round(100 * part)} %`
  const add = async (bits, label, run, flops, goal, task) => {
    console.error(`ceiling: ${label}, ${bits} bits`)
    // Long enough for five calls of the slowest.
    const settings = { rounds: 2 * rounds + 1, batch: flops > 1e9 ? 25 * batch : batch }
    const contenders = { ours: run, ceiling: ceiling[bits].run }
    if (numpy && task) contenders.numpy = { remote: () => numpy.time(task, 0, settings.batch) }
    const times = await turns(contenders, settings)
    const speed = (name, work) => (times[name] ? (work / median(times[name]) / 1e6).toFixed(1) : '-')
    const part = (name, work) => {
      const theirs = times[name]
      return median(times.ours.slice(0, theirs.length).map((t, i) => ((flops / t) * theirs[i]) / work))
    }
    const { flops: top } = ceiling[bits]
    const reached = part('ceiling', top)
    rows.push([
      label,
      `float${bits}`,
      speed('ours', flops),
      speed('ceiling', top),
      percent(reached),
      percent(goal),
      reached >= goal ? 'met' : 'not met',
      speed('numpy', flops),
      times.numpy ? percent(part('numpy', flops)) : '-',
    ])
  }
  for (const bits of [64, 32])
    for (const [name, m, columns, k, form, goal] of shapes(n)) {
      const label = `${name}, ${m} x ${columns} x ${k}`
      const task = `product:${bits}:${m}:${columns}:${k}:${form}`
      await add(bits, label, product(bits, m, columns, k, form), 2 * m * columns * k, goal, task)
    }
  await add(64, `syrk, ${n}`, symmetric(n), n * (n + 1) * n, 0.8, null)
  return rows
}

export function printCeilings(rows) {
  console.log('\n| product | numbers | GFLOP/s | ceiling | part of it | at least | | OpenBLAS | part of it |')
  console.log('| --- | --- | ---: | ---: | ---: | ---: | --- | ---: | ---: |')
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}
