import { boolean, callback, number, options as optionsOf, refuse, show } from './errors.ts'
import { COUNTED, type MatrixView } from './kernels/matrix-view.ts'
import { type Memory, memoryFor } from './kernels/memory.ts'
import type { KernelSet } from './kernels/set.ts'

/** 4 GiB but a page, for the kernels' constants and what keeps long views from the borders of pages. */
const LIMIT = 4294967296 - 65536

/** Makes views of one memory; the argument of a layout. */
export interface Views {
  /** n float64 zeros. */
  f64(n: number): Float64Array
  /** n float32 zeros. */
  f32(n: number): Float32Array
  /** n 32-bit integer zeros. */
  i32(n: number): Int32Array
  /**
   * A matrix of zeros whose rows do not collide in the cache: the stride is `columns`, or columns + 8 where a
   * row would fill whole 4096-byte pages (512, 1024, 2048, ... columns).
   */
  matrix(rows: number, columns: number): MatrixView
}

/** Options of {@link allocate}. */
export interface AllocateOptions {
  /** Use the plain-JavaScript kernels. Default false. */
  plain?: boolean | undefined
  /** Let every kernel refuse views of another memory. For tests: it costs more than a small kernel. Default false. */
  checked?: boolean | undefined
}

/** All kernels of some sets. */
export type KernelsOf<S> = S extends readonly [KernelSet<infer K>, ...infer Rest] ? K & KernelsOf<Rest> : unknown

/**
 * Allocates views in one memory just large enough for them, with the kernels of some sets that work on it:
 *
 * ```ts
 * const { kernels, C, x, y } = allocate([matrixKernels], (views) => ({
 *   C: views.matrix(m, n),
 *   x: views.f64(n),
 *   y: views.f64(m),
 * }))
 * kernels.gemv(C, x, y)
 * ```
 *
 * The layout runs twice, first on empty views to add up sizes: it should do nothing but ask for views. They
 * start at multiples of 16 bytes, long ones away from the borders of pages, and never detach; garbage
 * collection frees the memory with the last of them. Up to 512 kB are cut from a memory shared with others.
 * Where WebAssembly is missing, forbidden by the page's policy, or out of memories, the kernels are the plain
 * ones: slower, the same bits.
 *
 * @throws RangeError above 4 GiB, or when the memory cannot be allocated.
 */
export function allocate<const S extends readonly KernelSet<object>[], V extends object>(
  sets: S,
  layout: (views: Views) => V,
  options?: AllocateOptions,
): V & { kernels: KernelsOf<S> } {
  const { plain = false, checked = false } = optionsOf(options, 'allocate: options', ['plain', 'checked'])
  boolean(plain, 'allocate: plain')
  boolean(checked, 'allocate: checked')
  callback(layout, 'allocate: layout')
  checkSets(sets, 'allocate: sets')
  const counter = new Counter()
  layout(counter)
  number(counter.bytes, 'allocate: bytes', { max: LIMIT })
  const memory = memoryFor(counter.room, sets, plain)
  const views = layout(new Cutter(memory, counter.room))
  return { ...views, kernels: Object.assign({}, ...sets.map((set) => memory.kernels(set, checked))) }
}

/**
 * Compiles the kernels of some sets without blocking, for browsers that refuse to compile synchronously on
 * the main thread. Call it before the first {@link allocate}; elsewhere it is not needed.
 *
 * @returns whether all compiled; when not, the plain kernels give the same bits.
 */
export async function ready(...sets: readonly KernelSet<object>[]): Promise<boolean> {
  checkSets(sets, 'ready: sets')
  const compiled = await Promise.all(sets.map((set) => set.ready()))
  return compiled.every(Boolean)
}

function checkSets(sets: readonly KernelSet<object>[], label: string): void {
  if (!Array.isArray(sets)) refuse(label, 'an array of kernel sets', show(sets), 'type')
  for (const [i, set] of sets.entries())
    if (typeof set?.bind !== 'function') refuse(`${label}[${i}]`, 'a kernel set', show(set), 'type')
}

interface ViewKind<V> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBuffer, at: number, n: number): V
}

/** Every view starts at a multiple of 16 bytes. */
const padded = (bytes: number) => Math.ceil(bytes / 16) * 16

/** Bytes of a page of memory. */
const PAGE = 4096
/** A view of a page or more starts at least so many bytes from the borders of pages. */
const MARGIN = 128

/**
 * Where a view starts that may start at `at`. Callers' long arrays mostly start within some bytes of a page's
 * border, so ours keep away from there: glibc's memmove takes 16 times as long on an AMD EPYC (Zen 3) when the
 * target starts 1 to 31 bytes later in its page than the source in its own.
 */
function startOf(at: number, bytes: number): number {
  const inside = (at + MARGIN) % PAGE
  return bytes < PAGE || inside >= 2 * MARGIN ? at : at - inside + 2 * MARGIN
}

const strideOf = (columns: number) => (columns > 0 && columns % 512 === 0 ? columns + 8 : columns)

abstract class Layout implements Views {
  protected abstract view<V>(kind: ViewKind<V>, n: number, label: string): V

  f64(n: number): Float64Array {
    return this.view(Float64Array, n, 'f64')
  }

  f32(n: number): Float32Array {
    return this.view(Float32Array, n, 'f32')
  }

  i32(n: number): Int32Array {
    return this.view(Int32Array, n, 'i32')
  }

  matrix(rows: number, columns: number): MatrixView {
    number(rows, 'matrix: rows', { integer: true, min: 0 })
    number(columns, 'matrix: columns', { integer: true, min: 0 })
    const stride = strideOf(columns)
    return { data: this.f64(rows * stride), rows, columns, stride }
  }
}

/** Adds up the sizes of a layout's views. */
class Counter extends Layout {
  bytes = 0
  /** With what keeps long views from the borders of pages. */
  room = 0

  protected view<V>(kind: ViewKind<V>, n: number, label: string): V {
    number(n, `allocate: ${label}`, { integer: true, min: 0 })
    const bytes = padded(n * kind.BYTES_PER_ELEMENT)
    this.bytes += bytes
    this.room += bytes + (bytes < PAGE ? 0 : 2 * MARGIN)
    return new kind(COUNTED, 0, 0)
  }
}

/** Cuts a layout's views from a memory. */
class Cutter extends Layout {
  readonly #buffer: ArrayBuffer
  #next: number

  constructor(memory: Memory, bytes: number) {
    super()
    this.#buffer = memory.buffer
    this.#next = memory.next
    memory.next += bytes
  }

  protected view<V>(kind: ViewKind<V>, n: number): V {
    const bytes = padded(n * kind.BYTES_PER_ELEMENT)
    const at = startOf(this.#next, bytes)
    this.#next = at + bytes
    return new kind(this.#buffer, at, n)
  }
}
