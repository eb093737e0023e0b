import {
  allocate,
  type ExponentialKernels,
  exponentialKernels,
  matrixView,
  refuse,
  type ScanKernels,
  scanKernels,
  show,
} from '@opt/core'
import { checkRows, isTyped, type Rows } from '../intake.ts'

/** Rows of logits z and probabilities p in the memory of the kernels. */
interface Block {
  classes: number
  rows: number
  z: Float64Array
  p: Float64Array
  kernels: ScanKernels & ExponentialKernels
}

/** Reused from call to call, so that a stream of batches allocates it once. */
let latest: Block | undefined

function blockFor(classes: number): Block {
  if (latest?.classes === classes) return latest
  const rows = Math.max(1, Math.floor(8192 / classes))
  const size = rows * classes
  const views = allocate([scanKernels, exponentialKernels], (views) => ({ z: views.f64(size), p: views.f64(size) }))
  latest = { classes, rows, ...views }
  return latest
}

/** Copies entries start to end - 1 of `from` into `to`. */
function load(from: ArrayLike<number>, start: number, end: number, to: Float64Array): void {
  if (ArrayBuffer.isView(from)) to.set((from as Float64Array).subarray(start, end))
  else for (let i = start; i < end; i++) to[i - start] = from[i]
}

/** Checks n rows of finite logits and returns them flat. */
export function checkLogits(logits: Rows, classes: number): ArrayLike<number> {
  if (!isTyped(logits)) return checkRows(logits, classes, 'logits')
  if (logits.length % classes !== 0) refuse('logits', `of length n x ${classes}`, `length ${logits.length}`)
  const { z, kernels } = blockFor(classes)
  const size = z.length
  for (let start = 0; start < logits.length; start += size) {
    const end = Math.min(start + size, logits.length)
    load(logits, start, end, z)
    const bad = kernels.nonFinite(end - start, z)
    if (bad < 0) continue
    const at = start + bad
    refuse(`logits[${Math.floor(at / classes)}][${at % classes}]`, 'a finite number', show(logits[at]))
  }
  return logits
}

/**
 * Softmax of `count` consecutive rows, the first of which is row `start`. The next block overwrites
 * it; so may its reader.
 */
export interface SoftmaxBlock {
  /** count x classes probabilities, row-major. */
  p: Float64Array
  start: number
  count: number
}

/** Yields the softmax of all rows, block by block. */
export function* softmaxBlocks(logits: ArrayLike<number>, classes: number): Generator<SoftmaxBlock, void, void> {
  const { rows, z, p, kernels } = blockFor(classes)
  const n = logits.length / classes
  for (let start = 0; start < n; start += rows) {
    const count = Math.min(rows, n - start)
    load(logits, start * classes, (start + count) * classes, z)
    kernels.softmaxRows(matrixView(z, count, classes), matrixView(p, count, classes))
    yield { p, start, count }
  }
}
