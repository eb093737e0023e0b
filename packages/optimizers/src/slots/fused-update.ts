import type { Kernel, Program, WasmExports } from '@opt/core'
import type { Floats } from '../parameters.ts'

/** Numbers by their names. */
export type Numbers<Name extends string = string> = Readonly<Record<Name, number>>

/** Rounds to the type of the arrays: float64 numbers stay as they are. */
export type Round = (x: number) => number

/** What {@link fusedUpdate} is made from. */
export interface FusedUpdateDefinition<A extends string, N extends string, C extends string> {
  /** The name of the WebAssembly export for float64; the one for float32 has `32` behind it. */
  name: string
  /** Arrays of the slot that the update changes: 'parameter', 'gradient', or a name of `Rules.arrays` or `Rules.inputs`. */
  writes: readonly A[]
  /** Arrays that it only reads. */
  reads?: readonly A[]
  /** Numbers that a step passes; the export takes n, then a pointer for each array, then these. */
  numbers: readonly N[]
  /**
   * The coefficients of the loops, such as 1 - beta, from the numbers. They are worked out in float64 and rounded once, to the
   * type of the arrays. Default: the numbers themselves.
   */
  coefficients?(numbers: Numbers<N>): Numbers<C>
  /**
   * The update in plain JavaScript, with the bits of the WebAssembly export: used where there is no WebAssembly, and by the tests.
   *
   * @param round to be applied to the result of every operation; what is stored into an array is rounded by that.
   */
  plain(n: number, arrays: Readonly<Record<A, Floats>>, coefficients: Numbers<C>, round: Round): void
  /**
   * The update of entry `i` in WGSL, for devices: arrays under their names, coefficients as fields of `p`, all float32. It is
   * compiled when an optimizer on a device first takes a step. Default: the update works in memory only.
   */
  wgsl?: string
}

/** A fused update bound to the arrays of a slot: takes the numbers of a step. */
export type BoundUpdate<N extends string = string> = (numbers: Numbers<N>) => void

/** Binds an update to n and to arrays by name. */
type Binder<N extends string> = (n: number, arrays: Readonly<Record<string, Floats>>) => BoundUpdate<N>

/** One pass over arrays of a slot, made by {@link fusedUpdate}. As a member of a `kernelSet` it runs in WebAssembly. */
export interface FusedUpdate<N extends string = string> {
  readonly name: string
  /** The names of its arrays and of its numbers, in the order of the export. */
  readonly arrays: readonly string[]
  readonly numbers: readonly N[]
  /** Its form for devices, with coefficients such as these; undefined when it has none. */
  program(coefficients: Numbers): Program | undefined
  /** The loops of the exports in plain JavaScript, by the exports' names. */
  readonly plain: Readonly<Record<string, Kernel>>
  coefficients(numbers: Numbers<N>): Numbers
  /** Binds the update to arrays, in WebAssembly or, without exports, in plain JavaScript. */
  bind(exports: WasmExports | null): Binder<N>
}

const identity: Round = (x) => x

const isSingle = (x: Floats) => x.BYTES_PER_ELEMENT === 4

/**
 * Defines an update of parameters and state in one pass, once for all places where it runs: plain JavaScript, WebAssembly
 * (the export of the same name in the kernel set of the optimizer's rules, if there is one) and WGSL, in float64 and float32.
 */
export function fusedUpdate<const A extends string, const N extends string, C extends string = N>(
  definition: FusedUpdateDefinition<A, N, C>,
): FusedUpdate<N> {
  const { name, writes, reads = [], numbers, wgsl, plain } = definition
  const coefficients = definition.coefficients ?? ((given: Numbers) => given as Numbers<C>)
  const names = [...writes, ...reads]
  let program: Program | undefined

  const run = (n: number, arrays: Readonly<Record<string, Floats>>, given: Numbers<N>, single: boolean) => {
    const round = single ? Math.fround : identity
    const rounded = Object.entries<number>(coefficients(given)).map(([key, value]) => [key, round(value)])
    plain(n, arrays, Object.fromEntries(rounded), round)
  }
  const loop =
    (single: boolean): Kernel =>
    (n, ...rest) =>
      run(n, zip(names, rest) as Record<string, Floats>, zip(numbers, rest.slice(names.length)) as Numbers<N>, single)

  return {
    name,
    arrays: names,
    numbers,
    program(given) {
      if (wgsl !== undefined) program ??= { name, reads, writes, numbers: Object.keys(given), each: 'n', body: wgsl }
      return program
    },
    coefficients,
    plain: { [name]: loop(false), [`${name}32`]: loop(true) },
    bind: (exports) => (n, arrays) => {
      const single = isSingle(arrays[names[0]])
      if (!exports) return (given: Numbers<N>) => run(n, arrays, given, single)
      const pointers = names.map((array) => arrays[array].byteOffset)
      return byName(exports[single ? `${name}32` : name].bind(null, n, ...pointers), numbers)
    },
  }
}

const zip = (names: readonly string[], values: readonly unknown[]) =>
  Object.fromEntries(names.map((name, k) => [name, values[k]]))

/** Passes numbers on by their names; written out, because rest parameters cost more than a small update. */
function byName(f: (...numbers: number[]) => unknown, names: readonly string[]): BoundUpdate {
  const [a, b, c, d, e, g, h, i] = names
  // biome-ignore format: one pattern
  switch (names.length) {
    case 0: return () => void f()
    case 1: return (x) => void f(x[a])
    case 2: return (x) => void f(x[a], x[b])
    case 3: return (x) => void f(x[a], x[b], x[c])
    case 4: return (x) => void f(x[a], x[b], x[c], x[d])
    case 5: return (x) => void f(x[a], x[b], x[c], x[d], x[e])
    case 6: return (x) => void f(x[a], x[b], x[c], x[d], x[e], x[g])
    case 7: return (x) => void f(x[a], x[b], x[c], x[d], x[e], x[g], x[h])
    case 8: return (x) => void f(x[a], x[b], x[c], x[d], x[e], x[g], x[h], x[i])
    default: return (x) => void f(...names.map((name) => x[name]))
  }
}
