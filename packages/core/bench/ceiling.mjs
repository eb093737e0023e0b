// Every product kernel as a part of what WebAssembly can do, and of OpenBLAS, in one run: a ceiling measured beside each of them.

import { fileURLToPath } from 'node:url'
import { allocate, gemmScratch, matrixKernels, matrixView, random, transpose } from '@opt/core'
import asc from 'assemblyscript/asc'
import { compare } from './timing.mjs'

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

/** A square product, then those of a network's step on 128 examples with a layer of 784 x 256: forward, gradient, backward. */
const shapes = (n) => [
  ['square', n, n, n, 'nn'],
  ['X W', 128, 256, 784, 'nn'],
  ["X' D", 784, 256, 128, 'tn'],
  ["D W'", 128, 784, 256, 'nt'],
]

/** Returns the rows of the table. */
export async function productCeilings(numpy, n, settings) {
  const ceiling = await ceilings()
  const rows = []
  const add = async (bits, label, run, flops, task) => {
    console.error(`ceiling: ${label}, ${bits} bits`)
    const contenders = { ours: run, ceiling: ceiling[bits].run }
    if (numpy && task) contenders.numpy = { remote: () => numpy.time(task, 0, settings.batch) }
    const times = await compare(contenders, settings)
    const [own, top] = [flops / times.ours / 1e6, ceiling[bits].flops / times.ceiling / 1e6]
    const blas = times.numpy ? flops / times.numpy / 1e6 : undefined
    const share = (of) => (of ? `${Math.round((100 * own) / of)} %` : '-')
    rows.push([label, `float${bits}`, own.toFixed(1), top.toFixed(1), share(top), blas?.toFixed(1) ?? '-', share(blas)])
  }
  for (const bits of [64, 32])
    for (const [name, m, columns, k, form] of shapes(n)) {
      const task = `product:${bits}:${m}:${columns}:${k}:${form}`
      await add(
        bits,
        `${name}, ${m} x ${columns} x ${k}`,
        product(bits, m, columns, k, form),
        2 * m * columns * k,
        task,
      )
    }
  await add(64, `syrk, ${n}`, symmetric(n), n * (n + 1) * n, null)
  return rows
}

export function printCeilings(rows) {
  console.log('\n| product | numbers | GFLOP/s | ceiling | part of it | OpenBLAS | part of it |')
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |')
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}
