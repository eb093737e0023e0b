import { refuse } from '../errors.ts'
import type { Kernel, KernelSet } from './set.ts'

const PAGE = 65536
/** The modules' constants lie below; scripts/kernels.mjs sees to it that they agree. */
const DATA = 4096
/**
 * Small workspaces are cut from one chunk of memory after the other: a browser allows about a hundred
 * memories at a time.
 */
const CHUNK = 4194304
const SMALL = CHUNK / 8

/** What a WebAssembly instance exports. */
export type WasmExports = Record<string, (...numbers: number[]) => number>

const asIs = (_: string, loop: Kernel) => loop

/** A piece of memory and the kernels on it. */
export class Memory {
  readonly buffer: ArrayBuffer
  /** The first free byte. */
  next: number
  readonly #memory: WebAssembly.Memory | null
  readonly #kernels = new Map<KernelSet<object>, object>()

  constructor(bytes: number, plain: boolean) {
    this.#memory = plain ? null : wasmMemory(DATA + bytes)
    this.buffer = this.#memory?.buffer ?? plainBuffer(bytes)
    this.next = this.#memory ? DATA : 0
  }

  /** The kernels of a set on this memory; with `checked` each refuses views of another. */
  kernels<K extends object>(set: KernelSet<K>, checked = false): K {
    if (checked) return set.bind(this.#exports(set), (name, loop) => this.#checked(name, loop))
    let kernels = this.#kernels.get(set) as K | undefined
    if (!kernels) this.#kernels.set(set, (kernels = set.bind(this.#exports(set), asIs)))
    return kernels
  }

  #exports(set: KernelSet<object>): WasmExports | null {
    const module = this.#memory && set.module()
    if (!module) return null
    return new WebAssembly.Instance(module, { env: { memory: this.#memory! } }).exports as WasmExports
  }

  #checked(name: string, loop: Kernel): Kernel {
    return (...args: unknown[]) => {
      for (const [i, value] of args.entries())
        if (ArrayBuffer.isView(value) && value.buffer !== this.buffer)
          refuse(`${name}: argument ${i + 1}`, 'a view of the same workspace', 'a view of another memory')
      return loop(...args)
    }
  }
}

let chunk: Memory | undefined

/**
 * Memory with so many bytes free from `next` on, shared with others when they are few: whoever uses them
 * moves `next`.
 */
export function memoryFor(bytes: number, sets: readonly KernelSet<object>[], plain: boolean): Memory {
  const compiled = !plain && sets.some((set) => set.module() !== null)
  if (!compiled || bytes > SMALL) return new Memory(bytes, !compiled)
  if (!chunk || chunk.next + bytes > chunk.buffer.byteLength) chunk = new Memory(CHUNK - DATA, false)
  return chunk
}

/** Null when the engine has no address space left for memories: kernels on an ordinary buffer give the same bits. */
function wasmMemory(bytes: number): WebAssembly.Memory | null {
  const pages = Math.ceil(bytes / PAGE)
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages })
  } catch {
    return null
  }
}

function plainBuffer(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes)
  } catch {
    throw new RangeError(`allocate: could not allocate ${bytes} bytes`)
  }
}
