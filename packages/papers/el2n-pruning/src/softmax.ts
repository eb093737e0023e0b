import { allocate, type Kernels, refuse, show } from '@opt/core'
import { isTyped, type Rows, rowsOf } from './intake.ts'

/** Room for some rows, in the memory of the SIMD kernels. */
interface Scratch {
  classes: number
  rows: number
  z: Float64Array
  p: Float64Array
  kernels: Kernels
}

/** Kept from call to call: a stream of batches allocates it once. */
let scratch: Scratch | undefined

function scratchOf(classes: number): Scratch {
  if (scratch?.classes === classes) return scratch
  const rows = Math.max(1, Math.floor(8192 / classes))
  const views = allocate((room) => ({ z: room.f64(rows * classes), p: room.f64(rows * classes) }))
  scratch = { classes, rows, ...views }
  return scratch
}

/** Copies some of the numbers. */
function load(from: ArrayLike<number>, start: number, end: number, to: Float64Array): void {
  if (ArrayBuffer.isView(from)) to.set((from as Float64Array).subarray(start, end))
  else for (let i = start; i < end; i++) to[i - start] = from[i]
}

/**
 * The softmax of n rows of logits, some rows at a time: `visit` is told where in `p` they lie and which they are.
 * All logits are checked before the first visit.
 */
export function softmaxRows(
  logits: Rows,
  classes: number,
  begin: (n: number) => void,
  visit: (p: Float64Array, start: number, count: number) => void,
): void {
  // A typed array is checked by the kernel below, on the way.
  const flat = isTyped(logits) ? logits : rowsOf(logits, classes, 'logits')
  if (flat.length % classes !== 0) refuse('logits', `of length n x ${classes}`, `length ${flat.length}`)
  const n = flat.length / classes
  const { rows, z, p, kernels } = scratchOf(classes)
  for (let start = 0; start < n; start += rows) {
    const count = Math.min(rows, n - start)
    load(flat, start * classes, (start + count) * classes, z)
    const bad = kernels.nonFinite(count * classes, z)
    if (bad < 0) continue
    const at = `logits[${start + Math.floor(bad / classes)}][${bad % classes}]`
    refuse(at, 'a finite number', show(flat[start * classes + bad]))
  }
  begin(n)
  for (let start = 0; start < n; start += rows) {
    const count = Math.min(rows, n - start)
    load(flat, start * classes, (start + count) * classes, z)
    kernels.softmaxRows(count, classes, z, classes, p, classes)
    visit(p, start, count)
  }
}
