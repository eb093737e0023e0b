import type { WasmExports } from './memory.ts'

/** A compiled loop: numbers and views of one memory in, a number or nothing out. */
// biome-ignore lint/suspicious/noExplicitAny: its arguments are its own
// biome-ignore lint/suspicious/noConfusingVoidType: functions without an answer are kernels
export type Kernel = (...args: any[]) => number | void

/** Loops under the names of their WebAssembly exports, and how callers see them. */
export interface KernelDefinition<F extends Kernel> {
  /** The loops in plain JavaScript, with the bits of the WebAssembly ones. */
  readonly plain: Readonly<Record<string, Kernel>>
  /** What callers call: it passes sizes and views on to the loops. */
  call(loops: Readonly<Record<string, Kernel>>): F
}

/** Loops whose arguments are bound ahead of the calls: what `bind` returns stands among the kernels. */
export interface BindableDefinition<B> {
  /** The loops in plain JavaScript, with the bits of the WebAssembly ones. */
  readonly plain: Readonly<Record<string, Kernel>>
  /** Binds the exports, which take pointers; null: the plain loops, which take views. */
  bind(exports: WasmExports | null): B
}

type Definitions = Readonly<Record<string, Kernel | KernelDefinition<Kernel> | BindableDefinition<unknown>>>
type Bound<D> = D extends BindableDefinition<infer B> ? B : D extends KernelDefinition<infer F> ? F : D
type Called<D> = { readonly [Name in keyof D]: Bound<D[Name]> }

/** Defines a kernel whose callers pass something better than pointers and sizes, such as a {@link MatrixView}. */
export function kernel<L extends Record<string, Kernel>, F extends Kernel>(
  plain: L,
  call: (loops: L) => F,
): KernelDefinition<F> {
  return { plain, call: call as KernelDefinition<F>['call'] }
}

/** Kernels that share a WebAssembly module, which is compiled at first use, and their twins in plain JavaScript. */
export class KernelSet<K extends object> {
  /** The loops in plain JavaScript, by their WebAssembly names. */
  readonly plain: Readonly<Record<string, Kernel>>
  readonly #hex: string
  readonly #definitions: Definitions
  /** undefined: not tried yet; null: this engine or page refuses WebAssembly with SIMD. */
  #module: WebAssembly.Module | null | undefined

  /** @internal Use {@link kernelSet}. */
  constructor(hex: string, definitions: Definitions) {
    this.#hex = hex
    this.#definitions = definitions
    this.plain = Object.assign(
      {},
      ...Object.entries(definitions).map(([name, one]) => (typeof one === 'function' ? { [name]: one } : one.plain)),
    )
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

  /** The compiled module; null where it cannot be had. */
  module(): WebAssembly.Module | null {
    if (this.#module === undefined) {
      try {
        this.#module = new WebAssembly.Module(bytesOf(this.#hex))
      } catch {
        this.#module = null
      }
    }
    return this.#module
  }

  /** The kernels on WebAssembly exports, or the plain ones; every loop passes through `wrap`. */
  bind(exports: WasmExports | null, wrap: (name: string, loop: Kernel) => Kernel): K {
    const loops = Object.fromEntries(
      Object.entries(this.plain).map(([name, plain]) => [
        name,
        wrap(name, exports ? withPointers(exports[name]) : plain),
      ]),
    )
    const called = Object.entries(this.#definitions).map(([name, one]) => {
      if (typeof one === 'function') return [name, loops[name]]
      return [name, 'bind' in one ? one.bind(exports) : one.call(loops)]
    })
    return Object.fromEntries(called) as K
  }

  /** The loops themselves as a set: what tests of equal bits call. */
  loops(): KernelSet<Record<string, Kernel>> {
    return new KernelSet(this.#hex, this.plain)
  }
}

/**
 * Makes a set of kernels from a module (the text that scripts/kernels.mjs writes) and its kernels' twins in
 * plain JavaScript.
 *
 * A function stands for the export of its name in the set: it takes numbers and typed arrays, in the order of
 * the export, which gets a pointer for each array. {@link kernel} defines others.
 */
export function kernelSet<D extends Definitions>(hex: string, definitions: D): KernelSet<Called<D>> {
  return new KernelSet(hex, definitions)
}

const bytesOf = (hex: string) =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))

type Argument = number | ArrayBufferView
const pass = (x: Argument) => (typeof x === 'number' ? x : x.byteOffset)

/** Calls an export with the views' pointers; written out, because rest parameters cost more than a small kernel. */
function withPointers(f: (...numbers: number[]) => number): Kernel {
  type A = Argument
  // biome-ignore format: one pattern
  switch (f.length) {
    case 1: return (a: A) => f(pass(a))
    case 2: return (a: A, b: A) => f(pass(a), pass(b))
    case 3: return (a: A, b: A, c: A) => f(pass(a), pass(b), pass(c))
    case 4: return (a: A, b: A, c: A, d: A) => f(pass(a), pass(b), pass(c), pass(d))
    case 5: return (a: A, b: A, c: A, d: A, e: A) => f(pass(a), pass(b), pass(c), pass(d), pass(e))
    case 6: return (a: A, b: A, c: A, d: A, e: A, g: A) => f(pass(a), pass(b), pass(c), pass(d), pass(e), pass(g))
    case 7: return (a: A, b: A, c: A, d: A, e: A, g: A, h: A) =>
      f(pass(a), pass(b), pass(c), pass(d), pass(e), pass(g), pass(h))
    case 8: return (a: A, b: A, c: A, d: A, e: A, g: A, h: A, i: A) =>
      f(pass(a), pass(b), pass(c), pass(d), pass(e), pass(g), pass(h), pass(i))
    case 9: return (a: A, b: A, c: A, d: A, e: A, g: A, h: A, i: A, j: A) =>
      f(pass(a), pass(b), pass(c), pass(d), pass(e), pass(g), pass(h), pass(i), pass(j))
    case 10: return (a: A, b: A, c: A, d: A, e: A, g: A, h: A, i: A, j: A, k: A) =>
      f(pass(a), pass(b), pass(c), pass(d), pass(e), pass(g), pass(h), pass(i), pass(j), pass(k))
    case 13: return (a: A, b: A, c: A, d: A, e: A, g: A, h: A, i: A, j: A, k: A, l: A, m: A, n: A) =>
      f(pass(a), pass(b), pass(c), pass(d), pass(e), pass(g), pass(h), pass(i), pass(j), pass(k), pass(l), pass(m), pass(n))
    default: return (...args: A[]) => f(...args.map(pass))
  }
}
