import type { Kernel, Program, WasmExports } from '@opt/core'
import type { Floats } from '../parameters.ts'

/** Numbers by name. */
export type Numbers<Name extends string = string> = Readonly<Record<Name, number>>

/** Rounds to the type of the arrays: float64 numbers stay as they are. */
export type Round = (x: number) => number

/** The definition of a fused update: see {@link fusedUpdate}. */
export interface FusedUpdateDefinition<A extends string, N extends string, C extends string> {
  /** The name of its WebAssembly export for float64; that for float32 ends in `32`. */
  name: string
  /** Arrays that it changes: 'parameter', 'gradient', or names of `Rules.arrays` and `Rules.inputs`. */
  writes: readonly A[]
  /** Arrays that it only reads. */
  reads?: readonly A[]
  /** Numbers that a step passes. The export takes n, a pointer for each array, then these. */
  numbers: readonly N[]
  /**
   * Computes the coefficients of the loops, such as 1 - beta, in float64. They are rounded once, to the
   * type of the arrays. Default: the numbers themselves.
   */
  coefficients?(numbers: Numbers<N>): Numbers<C>
  /**
   * The update in plain JavaScript, with the bits of the WebAssembly export. It runs where WebAssembly
   * is missing, and in tests. No entry depends on another one: long arrays are updated piece by piece.
   *
   * @param round must be applied to the result of every operation, unless it is stored in an array.
   */
  plain(n: number, arrays: Readonly<Record<A, Floats>>, coefficients: Numbers<C>, round: Round): void
  /**
   * The update of entry `i` in WGSL, for devices, in float32: arrays by name, coefficients as fields of
   * `p`. It is compiled at the first step on a device. Default: the update works in memory only.
   */
  wgsl?: string
}

/** A fused update with its arrays bound: a step passes the numbers. */
export interface BoundUpdate<N extends string = string> {
  all(numbers: Numbers<N>): void
  pieces(numbers: Numbers<N>): UpdatePiece
}

/** Updates `length` entries from `at` on, of which those of 'parameter' lie at its beginning. */
export type UpdatePiece = (at: number, length: number) => void

/** Binds an update to n and to arrays by name. */
type Binder<N extends string> = (n: number, arrays: Readonly<Record<string, Floats>>) => BoundUpdate<N>

/** An update in one pass over a slot's arrays, made by {@link fusedUpdate}; a member of a `kernelSet`. */
export interface FusedUpdate<N extends string = string> {
  readonly name: string
  /** The names of its arrays and its numbers, in the order of the export's arguments. */
  readonly arrays: readonly string[]
  readonly numbers: readonly N[]
  /** Returns its program for devices, which takes such coefficients; undefined if it has none. */
  program(coefficients: Numbers): Program | undefined
  /** The plain form of each export, by the export's name. */
  readonly plain: Readonly<Record<string, Kernel>>
  coefficients(numbers: Numbers<N>): Numbers
  /** Returns a function that binds arrays, in WebAssembly or, without exports, in plain JavaScript. */
  bind(exports: WasmExports | null): Binder<N>
}

const identity: Round = (x) => x

const isSingle = (x: Floats) => x.BYTES_PER_ELEMENT === 4

/**
 * Defines an update of parameter and state in one pass, for float64 and float32: in plain JavaScript,
 * in WebAssembly (by its exports in the kernel set of the optimizer's rules, if it has them) and in
 * WGSL.
 */
export function fusedUpdate<const A extends string, const N extends string, C extends string = N>(
  definition: FusedUpdateDefinition<A, N, C>,
): FusedUpdate<N> {
  const { name, writes, reads = [], numbers, wgsl, plain } = definition
  const coefficients = definition.coefficients ?? ((given: Numbers) => given as Numbers<C>)
  const names = [...writes, ...reads]
  let program: Program | undefined

  const rounded = (given: Numbers<N>, round: Round) =>
    Object.fromEntries(
      Object.entries<number>(coefficients(given)).map(([key, value]) => [key, round(value)]),
    ) as Numbers<C>
  const loop =
    (round: Round): Kernel =>
    (n, ...rest) => {
      const given = zip(numbers, rest.slice(names.length)) as Numbers<N>
      plain(n, zip(names, rest) as Readonly<Record<A, Floats>>, rounded(given, round), round)
    }
  const bindPlain = (n: number, arrays: Readonly<Record<A, Floats>>, round: Round): BoundUpdate<N> => ({
    all: (given) => plain(n, arrays, rounded(given, round), round),
    pieces: (given) => (at, length) => {
      const cut = names.map((array) => [array, arrays[array].subarray(array === 'parameter' ? 0 : at)])
      plain(length, Object.fromEntries(cut) as Readonly<Record<A, Floats>>, rounded(given, round), round)
    },
  })

  return {
    name,
    arrays: names,
    numbers,
    program(given) {
      if (wgsl !== undefined) program ??= { name, reads, writes, numbers: Object.keys(given), each: 'n', body: wgsl }
      return program
    },
    coefficients,
    plain: { [name]: loop(identity), [`${name}32`]: loop(Math.fround) },
    bind: (exports) => (n, arrays) => {
      const single = isSingle(arrays[names[0]])
      if (!exports) return bindPlain(n, arrays, single ? Math.fround : identity)
      const f = exports[single ? `${name}32` : name]
      const pointers = names.map((array) => arrays[array].byteOffset)
      const strides = names.map((array) => (array === 'parameter' ? 0 : arrays[array].BYTES_PER_ELEMENT))
      return { all: byName(f.bind(null, n, ...pointers), numbers), pieces: byPieces(f, pointers, strides, numbers) }
    },
  }
}

type Export = (...numbers: number[]) => unknown

/** Calls an export for one piece after the other: the pointers advance by so many bytes an entry. */
const byPieces =
  <N extends string>(f: Export, pointers: number[], strides: number[], names: readonly N[]) =>
  (given: Numbers<N>): UpdatePiece => {
    const numbers = names.map((name) => given[name])
    return (at, length) => void f(length, ...pointers.map((pointer, k) => pointer + at * strides[k]), ...numbers)
  }

const zip = (names: readonly string[], values: readonly unknown[]) =>
  Object.fromEntries(names.map((name, k) => [name, values[k]]))

/** Passes named numbers in order. Written out, because rest parameters cost more than a small update. */
function byName(f: Export, names: readonly string[]): (numbers: Numbers) => void {
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
