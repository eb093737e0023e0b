import { boolean, callback, number, options as optionsOf, refuse } from './errors.ts'
import type { KernelSet, Memory } from './kernels/kernel-set.ts'
import type { Kernels } from './kernels/kernels.ts'
import { COUNTED, type MatrixView } from './kernels/matrix-view.ts'
import { memoryFor, type Memory as SharedMemory } from './kernels/memory.ts'
import type { KernelSet as NewSet } from './kernels/set.ts'

/** 4 GiB but a page, which the kernels' constants take. */
const LIMIT = 4294967296 - 65536

/** A row-major matrix; {@link MatrixView} takes its place. */
export type PaddedMatrix = Pick<MatrixView, 'data' | 'stride'>

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
  matrix(rows: number, columns: number): MatrixView
}

export interface WorkspaceOptions {
  /** Use the plain-JavaScript kernels. */
  plain?: boolean
  /** Let every kernel refuse views of another memory. For tests: it costs more than a small kernel. */
  checked?: boolean
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

  matrix(rows: number, columns: number): MatrixView {
    number(rows, 'matrix: rows', { integer: true, min: 0 })
    number(columns, 'matrix: columns', { integer: true, min: 0 })
    const stride = strideOf(columns)
    return { data: this.f64(rows * stride), rows, columns, stride }
  }
}

interface ViewKind<V> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBuffer, at: number, n: number): V
}

/** Memory that a solver allocates once, and the kernels that work on it. Its views never detach; garbage collection frees it with the last of them. */
export class Workspace<K extends object = Kernels> extends Allocator {
  readonly #buffer: ArrayBuffer
  readonly #end: number
  #next: number
  /** The kernels for views of this workspace (and only these: a view of another memory is a wrong address). */
  readonly kernels: K

  /** @internal Use {@link workspace} or {@link allocate}. */
  constructor(set: KernelSet<K>, bytes: number, options?: WorkspaceOptions) {
    super()
    const { plain = false, checked = false } = optionsOf(options, 'workspace: options')
    boolean(plain, 'workspace: plain')
    boolean(checked, 'workspace: checked')
    number(bytes, 'workspace: bytes', { integer: true, min: 0, max: LIMIT })
    const size = padded(bytes)
    const memory = set.memory(size, plain)
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
    return new kind(COUNTED, 0, 0)
  }
}

/** Cuts views from a memory. */
class Cutter extends Allocator {
  readonly #memory: SharedMemory
  #next: number

  constructor(memory: SharedMemory, bytes: number) {
    super()
    this.#memory = memory
    this.#next = memory.next
    memory.next += padded(bytes)
  }

  protected take<V>(kind: ViewKind<V>, n: number): V {
    const at = this.#next
    this.#next += padded(n * kind.BYTES_PER_ELEMENT)
    return new kind(this.#memory.buffer, at, n)
  }
}

/** All kernels of some sets. */
export type KernelsOf<S> = S extends readonly [NewSet<infer K>, ...infer Rest] ? K & KernelsOf<Rest> : unknown

export function allocateWith<const S extends readonly NewSet<object>[], V extends object>(
  sets: S,
  layout: (views: Views) => V,
  options?: WorkspaceOptions,
): V & { kernels: KernelsOf<S> } {
  const { plain = false, checked = false } = optionsOf(options, 'allocate: options')
  boolean(plain, 'allocate: plain')
  boolean(checked, 'allocate: checked')
  callback(layout, 'allocate: layout')
  const counter = new Counter()
  layout(counter)
  number(counter.bytes, 'allocate: bytes', { max: LIMIT })
  const memory = memoryFor(counter.bytes, sets, plain)
  const views = layout(new Cutter(memory, counter.bytes))
  return { ...views, kernels: Object.assign({}, ...sets.map((set) => memory.kernels(set, checked))) }
}

/** What `plan` takes, from a workspace of a set's kernels that is just large enough. */
export function allocateIn<K extends object, V extends object>(
  set: KernelSet<K>,
  plan: (views: Views) => V,
  options?: WorkspaceOptions,
): V & { kernels: K } {
  const counter = new Counter()
  callback(plan, 'allocate: plan')
  plan(counter)
  const space = new Workspace(set, counter.bytes, options)
  return { ...plan(space), kernels: space.kernels }
}

function checkedKernels<K extends object>({ buffer, kernels }: Memory<K>): K {
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
  return Object.fromEntries(checked) as K
}
