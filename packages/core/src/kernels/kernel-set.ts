const PAGE = 65536
/** The kernels' constants lie below. */
const DATA = 4096
/** Small workspaces are cut from one chunk of memory after the other: a browser allows about a hundred memories at a time. */
const CHUNK = 4194304
const SMALL = CHUNK / 8

/** What a WebAssembly instance exports. */
export type Exports = Record<string, (...numbers: number[]) => number>

/** One piece of memory and the kernels on it: `next` is its first free byte. */
export interface Memory<K> {
  buffer: ArrayBuffer
  next: number
  kernels: K
}

/**
 * Kernels that share a WebAssembly module, which is compiled at first use, and their twins in plain JavaScript. What a bundle imports
 * decides which sets are in it.
 */
export class KernelSet<K> {
  readonly #hex: string
  readonly #wrap: (exports: Exports) => K
  readonly #plain: K
  /** undefined: not tried yet; null: this engine or page refuses WebAssembly with SIMD. */
  #module: WebAssembly.Module | null | undefined
  #chunk: Memory<K> | undefined

  /** @param hex the module. @param wrap its exports as kernels: views in, pointers through. @param plain the twins, for any views. */
  constructor(hex: string, wrap: (exports: Exports) => K, plain: K) {
    this.#hex = hex
    this.#wrap = wrap
    this.#plain = plain
  }

  /** Compiles without blocking; whether that went well. */
  async ready(): Promise<boolean> {
    try {
      this.#module ??= await WebAssembly.compile(bytesOf(this.#hex))
    } catch {
      this.#module = null
    }
    return this.#module !== null
  }

  /** Memory with room for so many bytes from `next` on, shared when they are few: whoever takes them moves `next`. */
  memory(bytes: number, plain: boolean): Memory<K> {
    if (plain || bytes > SMALL) return this.#newMemory(bytes, plain)
    if (!this.#chunk || this.#chunk.next + bytes > this.#chunk.buffer.byteLength)
      this.#chunk = this.#newMemory(CHUNK - DATA, false)
    return this.#chunk
  }

  #newMemory(bytes: number, plain: boolean): Memory<K> {
    const module = plain ? null : this.#compiled()
    if (module) {
      try {
        const pages = Math.ceil((DATA + bytes) / PAGE)
        const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
        const { exports } = new WebAssembly.Instance(module, { env: { memory } })
        return { buffer: memory.buffer, next: DATA, kernels: this.#wrap(exports as Exports) }
      } catch {
        // Out of address space for memories: the plain kernels on an ordinary buffer give the same bits.
      }
    }
    try {
      return { buffer: new ArrayBuffer(bytes), next: 0, kernels: this.#plain }
    } catch {
      throw new RangeError(`workspace: ${bytes} bytes of memory are not to be had`)
    }
  }

  #compiled(): WebAssembly.Module | null {
    if (this.#module === undefined) {
      try {
        this.#module = new WebAssembly.Module(bytesOf(this.#hex))
      } catch {
        this.#module = null
      }
    }
    return this.#module
  }
}

const bytesOf = (hex: string) =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
