import { number, refuse } from './errors.ts'
import type { Kernels } from './kernels/kernels.ts'
import { plainKernels } from './kernels/plain.ts'
import { wasmKernels, wasmModule } from './kernels/wasm.ts'

const PAGE = 65536
/** The kernels' constants lie below. */
const DATA = 4096
const LIMIT = 4294967296 - PAGE
/** Small workspaces are cut from one chunk of memory after the other: a browser allows about a hundred memories at a time. */
const CHUNK = 4194304
const SMALL = CHUNK / 8

/** A row-major matrix: entry (i, j) is `data[i * stride + j]`. */
export interface PaddedMatrix {
  data: Float64Array
  stride: number
}

/** What hands out views: a {@link Workspace}, or the plan of {@link allocate}. */
export interface Views {
  /** n float64 zeros. */
  f64(n: number): Float64Array
  /** n float32 zeros. */
  f32(n: number): Float32Array
  /** n 32-bit integer zeros. */
  i32(n: number): Int32Array
  /**
   * A matrix of zeros whose rows do not collide in the cache: the stride is `columns`, or columns + 8 where a row would
   * fill whole 4096-byte pages (512, 1024, 2048, ... columns).
   */
  matrix(rows: number, columns: number): PaddedMatrix
}

export interface WorkspaceOptions {
  /** Use the plain-JavaScript kernels. */
  plain?: boolean
  /** Let every kernel refuse views of another memory. For tests: it costs more than a small kernel. */
  checked?: boolean
}

/** One piece of memory: `next` is its first free byte. */
interface Memory {
  buffer: ArrayBuffer
  next: number
  kernels: Kernels
}

let chunk: Memory | undefined

function newMemory(bytes: number, plain: boolean): Memory {
  const module = plain ? null : wasmModule()
  if (module) {
    try {
      const pages = Math.ceil((DATA + bytes) / PAGE)
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
      return { buffer: memory.buffer, next: DATA, kernels: wasmKernels(module, memory) }
    } catch {
      // Out of address space for memories: the plain kernels on an ordinary buffer give the same bits.
    }
  }
  try {
    return { buffer: new ArrayBuffer(bytes), next: 0, kernels: plainKernels }
  } catch {
    throw new RangeError(`workspace: ${bytes} bytes of memory are not to be had`)
  }
}

/** Every view starts at a multiple of 16 bytes. */
const padded = (bytes: number) => Math.ceil(bytes / 16) * 16

const strideOf = (columns: number) => (columns > 0 && columns % 512 === 0 ? columns + 8 : columns)

abstract class Allocator implements Views {
  protected abstract take<V>(kind: ViewKind<V>, n: number, label: string): V

  f64(n: number): Float64Array {
    return this.take(Float64Array, n, 'f64')
  }

  f32(n: number): Float32Array {
    return this.take(Float32Array, n, 'f32')
  }

  i32(n: number): Int32Array {
    return this.take(Int32Array, n, 'i32')
  }

  matrix(rows: number, columns: number): PaddedMatrix {
    number(rows, 'matrix: rows', { integer: true, min: 0 })
    number(columns, 'matrix: columns', { integer: true, min: 0 })
    const stride = strideOf(columns)
    return { data: this.f64(rows * stride), stride }
  }
}

interface ViewKind<V> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBuffer, at: number, n: number): V
}

/** Memory that a solver allocates once, and the kernels that work on it. Its views never detach; garbage collection frees it with the last of them. */
export class Workspace extends Allocator {
  readonly #buffer: ArrayBuffer
  readonly #end: number
  #next: number
  /** The kernels for views of this workspace (and only these: a view of another memory is a wrong address). */
  readonly kernels: Kernels

  /** Use {@link workspace} or {@link allocate}. */
  constructor(bytes: number, { plain = false, checked = false }: WorkspaceOptions = {}) {
    super()
    number(bytes, 'workspace: bytes', { integer: true, min: 0, max: LIMIT })
    const size = padded(bytes)
    let memory: Memory
    if (plain || size > SMALL) memory = newMemory(size, plain)
    else {
      if (!chunk || chunk.next + size > chunk.buffer.byteLength) chunk = newMemory(CHUNK - DATA, false)
      memory = chunk
    }
    this.#buffer = memory.buffer
    this.#next = memory.next
    this.#end = memory.next += size
    this.kernels = checked ? checkedKernels(memory) : memory.kernels
  }

  protected take<V>(kind: ViewKind<V>, n: number, label: string): V {
    number(n, `Workspace.${label}: n`, { integer: true, min: 0 })
    const at = this.#next
    const left = Math.floor((this.#end - at) / kind.BYTES_PER_ELEMENT)
    if (n > left) refuse(`Workspace.${label}: n`, `at most ${left}, for which there is room left`, `${n}`)
    this.#next = at + padded(n * kind.BYTES_PER_ELEMENT)
    return new kind(this.#buffer, at, n)
  }
}

/** Adds up what a plan asks for. */
class Counter extends Allocator {
  bytes = 0

  protected take<V>(kind: ViewKind<V>, n: number, label: string): V {
    number(n, `allocate: ${label}`, { integer: true, min: 0 })
    this.bytes += padded(n * kind.BYTES_PER_ELEMENT)
    return new kind(new ArrayBuffer(0), 0, 0)
  }
}

/**
 * A workspace of so many bytes; views start at multiples of 16 bytes. {@link allocate} counts them for you.
 *
 * Up to 512 kB it is cut from a memory shared with others, above it has its own. Where WebAssembly is missing, forbidden by the
 * page's policy, or out of memories, the kernels are the plain ones: slower, the same bits.
 *
 * @throws RangeError above 4 GiB, or when there is no memory left.
 */
export function workspace(bytes: number, options?: WorkspaceOptions): Workspace {
  return new Workspace(bytes, options)
}

/**
 * A workspace just large enough for the views that `plan` takes from it:
 *
 * ```ts
 * const { kernels, C, f } = allocate((ws) => ({ C: ws.matrix(m, n), f: ws.f64(m) }))
 * kernels.gemv(m, n, C.data, C.stride, x, y)
 * ```
 *
 * The plan runs twice, first on empty views to add up sizes: it should do nothing but take views.
 *
 * @throws RangeError above 4 GiB, or when there is no memory left.
 */
export function allocate<V extends object>(
  plan: (views: Views) => V,
  options?: WorkspaceOptions,
): V & { kernels: Kernels } {
  const counter = new Counter()
  plan(counter)
  const space = new Workspace(counter.bytes, options)
  return { ...plan(space), kernels: space.kernels }
}

function checkedKernels({ buffer, kernels }: Memory): Kernels {
  const checked = Object.entries(kernels).map(([name, kernel]) => [
    name,
    (...values: unknown[]) => {
      values.forEach((value, i) => {
        if (ArrayBuffer.isView(value) && value.buffer !== buffer)
          refuse(`${name}: argument ${i + 1}`, 'a view of the same workspace', 'a view of another memory')
      })
      return kernel(...values)
    },
  ])
  return Object.fromEntries(checked) as Kernels
}
