type View = Float64Array | Float32Array | Int32Array
type Loop = (...args: (number | View)[]) => number | undefined

/**
 * The part of a kernel set of @opt/core that is used here: its loops by their WebAssembly names,
 * and the plain ones.
 */
export interface Loops {
  readonly plain: Readonly<Record<string, unknown>>
  loops(): Loops
}

interface Views {
  f64(n: number): Float64Array
  f32(n: number): Float32Array
  i32(n: number): Int32Array
}

interface Generator {
  uniform(low?: number, high?: number): number
  integer(low: number, high: number): number
}

/**
 * The functions of @opt/core that are used here. They are passed in, because core's tests use this
 * package.
 */
export interface Core {
  // biome-ignore lint/suspicious/noExplicitAny: of whatever core's types are
  allocate(sets: any, layout: (views: Views) => any, options?: object): any
  random(seed: number): Generator
}

/**
 * Arguments of a kernel:
 *
 * - a number stands for itself;
 * - 'f64:n' and 'f32:n' are views of n numbers, '+f64:n' of positive ones;
 * - 'i32:1,2,3' is a view of these integers;
 * - 'spd:n' is a positive definite n x n matrix;
 * - 'work:n' and 'work32:n' are scratch whose contents do not count.
 */
export type KernelCall = readonly (number | string)[]

const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 5e-324, -3e-310, 1e-45, 1e300, 709.5, -745]
const START = 0x811c9dc5
const bits: Float64Array = new Float64Array(1)
const words: Uint32Array = new Uint32Array(bits.buffer)

/**
 * Continues FNV-1a over the bits of numbers; all NaNs count as one, because engines choose their
 * bits.
 */
function hash(state: number, values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) {
    bits[0] = values[i]
    if (Number.isNaN(values[i])) words.set([0, 0x7ff80000])
    for (const word of words)
      for (let shift = 0; shift < 32; shift += 8) state = Math.imul(state ^ ((word >>> shift) & 255), 0x01000193)
  }
  return state >>> 0
}

const hex = (state: number) => state.toString(16).padStart(8, '0')

/** Returns a hash of the bits of numbers. */
export const fingerprint = (values: ArrayLike<number>): string => hex(hash(START, values))

const parse = (spec: string) => {
  const [kind, size] = spec.replace('+', '').split(':')
  return { kind, size, n: Number(size) }
}

function view(views: Views, spec: string): View {
  const { kind, size, n } = parse(spec)
  if (kind === 'i32') return views.i32(size.split(',').length)
  return kind.endsWith('32') ? views.f32(n) : views.f64(kind === 'spd' ? n * n : n)
}

function fill(values: View, spec: string, rng: Generator, wild: boolean): void {
  const { kind, size, n } = parse(spec)
  if (kind.startsWith('work')) return
  if (kind === 'i32') values.set(size.split(',').map(Number))
  for (let i = 0; i < values.length && kind !== 'i32'; i++) {
    values[i] = spec.startsWith('+') ? rng.uniform(0.1, 2) : rng.uniform(-2, 2)
    if (kind === 'spd' && i % (n + 1) === 0) values[i] = 4 * n
    else if (wild && rng.uniform() < 0.03) values[i] = SPECIAL[rng.integer(0, SPECIAL.length)]
  }
}

/** The part of @opt/optimizers' fused updates that is used here. */
export interface Update {
  readonly name: string
  readonly arrays: readonly string[]
  readonly numbers: readonly string[]
}

/**
 * Calls of fused updates on 203 entries, in float64 and float32.
 *
 * @param numbers by their names in the updates.
 * @param positive names of arrays whose entries are positive, such as means of squares.
 */
export function updateCalls(
  updates: readonly Update[],
  numbers: Readonly<Record<string, number>>,
  positive: readonly string[] = [],
): Record<string, KernelCall> {
  const call = (update: Update, type: string): KernelCall => [
    203,
    ...update.arrays.map((name) => `${positive.includes(name) ? '+' : ''}${type}:203`),
    ...update.numbers.map((name) => numbers[name]),
  ]
  const calls = updates.map((update) => [
    [update.name, call(update, 'f64')],
    [`${update.name}32`, call(update, 'f32')],
  ])
  return Object.fromEntries(calls.flat())
}

/** Returns the digest of one kernel over ordinary and special inputs. */
function digest({ allocate, random }: Core, set: Loops, name: string, call: KernelCall, plain: boolean): string {
  let state = START
  for (const wild of [false, true]) {
    const rng = random(wild ? 2 : 1)
    const layout = (views: Views) => ({
      args: call.map((spec) => (typeof spec === 'number' ? spec : view(views, spec))),
    })
    const { args, kernels }: { args: (number | View)[]; kernels: Record<string, Loop> } = allocate(
      [set.loops()],
      layout,
      { plain },
    )
    args.forEach((arg, i) => {
      if (typeof arg !== 'number') fill(arg, call[i] as string, rng, wild)
    })
    const result = kernels[name](...args)
    if (result !== undefined) state = hash(state, [result])
    args.forEach((arg, i) => {
      if (typeof arg !== 'number' && !parse(call[i] as string).kind.startsWith('work')) state = hash(state, arg)
    })
  }
  return hex(state)
}

/**
 * Returns the digest of each kernel of a set on fixed inputs. They must be equal in all engines, in
 * WebAssembly and in plain JavaScript.
 *
 * @throws Error if a kernel has no call.
 */
export function kernelDigests(
  core: Core,
  set: Loops,
  calls: Readonly<Record<string, KernelCall>>,
  { plain = false }: { plain?: boolean } = {},
): Record<string, string> {
  const missing = Object.keys(set.plain).filter((name) => !calls[name])
  if (missing.length > 0) throw new Error(`kernelDigests: there is no call of ${missing.join(', ')}`)
  return Object.fromEntries(Object.keys(set.plain).map((name) => [name, digest(core, set, name, calls[name], plain)]))
}

/**
 * Runs a kernel on copies of its arguments, once in WebAssembly and once in plain JavaScript. A view
 * that is passed twice stays one view.
 *
 * @param scratch arguments whose contents do not count.
 * @throws Error if the results, or an entry of a view, differ in a bit.
 */
export function checkSameBits(
  { allocate }: Pick<Core, 'allocate'>,
  set: Loops,
  name: string,
  args: readonly (number | View)[],
  scratch: readonly unknown[] = [],
): void {
  const views = [...new Set(args.filter((arg) => typeof arg !== 'number'))]
  const run = (plain: boolean) => {
    const make = (space: Views) => ({
      copies: views.map((one): View => {
        if (one instanceof Int32Array) return space.i32(one.length)
        return one instanceof Float32Array ? space.f32(one.length) : space.f64(one.length)
      }),
    })
    const options = { plain, checked: true }
    const { copies, kernels }: { copies: View[]; kernels: Record<string, Loop> } = allocate(
      [set.loops()],
      make,
      options,
    )
    copies.forEach((copy, i) => {
      copy.set(views[i])
    })
    const answer = kernels[name](...args.map((arg) => (typeof arg === 'number' ? arg : copies[views.indexOf(arg)])))
    return { answer, copies }
  }
  const [wasm, plain] = [run(false), run(true)]
  const numbers = args.filter((arg) => typeof arg === 'number')
  const where = `${name}(${numbers.join(', ')})`
  if (!Object.is(wasm.answer, plain.answer))
    throw new Error(`${where}: ${wasm.answer} in WebAssembly, ${plain.answer} in plain JavaScript`)
  views.forEach((given, k) => {
    if (scratch.includes(given)) return
    const [a, b] = [wasm.copies[k], plain.copies[k]]
    for (let i = 0; i < a.length; i++)
      if (!Object.is(a[i], b[i]))
        throw new Error(`${where}, view ${k + 1}, entry ${i}: ${a[i]} in WebAssembly, ${b[i]} in plain JavaScript`)
  })
}
