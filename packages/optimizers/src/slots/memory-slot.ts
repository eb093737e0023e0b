import { refuse, type ScanKernels } from '@opt/core'
import { flatOf, gather, scatter } from '../gather.ts'
import { type Floats, isFloat32, type Named, type Parameter } from '../parameters.ts'
import { pieceLength, piecesOf } from '../pieces.ts'
import type { Rules } from '../rules.ts'
import type { Hyper, ResolvedGroup } from '../settings.ts'
import type { BoundUpdate, FusedUpdate, Numbers, UpdatePiece } from './fused-update.ts'
import type { MemorySlot, SlotOperation } from './slot.ts'
import { StoredSlot } from './stored-slot.ts'

/** The arrays of a slot. */
export interface SlotArrays {
  readonly parameter: Floats
  readonly gradient: Floats
  readonly inputs: Readonly<Record<string, Floats>>
  readonly arrays: Readonly<Record<string, Floats>>
}

/** The kernels of `scanKernels`, and those of the rules by name. */
export type SlotKernels = ScanKernels & Readonly<Record<string, unknown>>

/**
 * A slot in the optimizer's memory. Updates go through a long parameter of the caller's piece by piece,
 * so that the copies stay in the cache; all of it is copied only for those who read {@link parameter}.
 */
export class SlotInMemory<H extends Hyper = Hyper> extends StoredSlot<H> implements MemorySlot {
  readonly gradient: Floats
  readonly inputs: Readonly<Record<string, Floats>>
  readonly arrays: Readonly<Record<string, Floats>>
  readonly kernels: SlotKernels
  /** The caller's array; null if the optimizer is resident. */
  readonly source: Parameter | null
  readonly rounded: readonly string[] = []
  /** The names of the exports of the rules' kernels. */
  readonly #exports: Readonly<Record<string, unknown>>
  readonly #bound = new Map<object, BoundUpdate>()
  readonly #parameter: Floats
  /** The caller's entries, while those in memory are out of date. */
  #outside: Floats | null = null

  constructor(
    rules: Rules<H>,
    named: Named,
    group: ResolvedGroup<H>,
    { parameter, gradient, inputs, arrays }: SlotArrays,
    kernels: SlotKernels,
    source: Parameter | null,
  ) {
    super(rules, named, group)
    this.#exports = rules.kernels?.plain ?? {}
    this.#parameter = parameter
    this.gradient = gradient
    this.inputs = inputs
    this.arrays = arrays
    this.kernels = kernels
    this.source = source
  }

  get dtype(): 'float32' | 'float64' {
    return isFloat32(this.#parameter) ? 'float32' : 'float64'
  }

  get parameter(): Floats {
    if (this.#outside) gather(this.#outside, this.#parameter)
    this.#outside = null
    return this.#parameter
  }

  /**
   * Begins an update from the caller's parameter.
   *
   * @param whole that all of it is copied.
   */
  open(whole = false): void {
    const { source } = this
    if (source === null) return
    this.#outside = whole || pieceLength(this.#parameter) === 0 ? null : flatOf(source)
    if (!this.#outside) gather(source, this.#parameter)
  }

  /** Ends an update: the caller gets the parameter. */
  close(): void {
    if (this.source !== null && !this.#outside) scatter(this.#parameter, this.source)
  }

  apply<N extends string>(update: FusedUpdate<N>, numbers: Numbers<N>): void {
    const bound = (this.#bound.get(update) as BoundUpdate<N> | undefined) ?? this.#bind(update)
    if (this.#outside && update.arrays.includes('parameter')) this.#throughMemory(this.#outside, bound.pieces(numbers))
    else bound.all(numbers)
  }

  /** Takes the caller's parameter through the beginning of the one in memory. */
  #throughMemory(outside: Floats, update: UpdatePiece): void {
    const size = pieceLength(this.#parameter)
    const [given, memory] = [piecesOf(outside, size), piecesOf(this.#parameter, size)]
    for (let k = 0; k < given.length; k++) {
      const { length } = given[k]
      const piece = length === size ? memory[0] : memory[0].subarray(0, length)
      piece.set(given[k])
      update(k * size, length)
      given[k].set(piece)
    }
  }

  /** Binds an update to the slot's arrays, at its first use; in plain JavaScript if the rules' kernels lack it. */
  #bind<N extends string>(update: FusedUpdate<N>): BoundUpdate<N> {
    const { gradient, inputs, arrays, kernels, length } = this
    const parameter = this.#parameter
    const { name } = update
    const bind = (name in this.#exports ? kernels[name] : update.bind(null)) as ReturnType<FusedUpdate<N>['bind']>
    const bound = bind(length, { parameter, gradient, ...inputs, ...arrays })
    this.#bound.set(update, bound as BoundUpdate)
    return bound
  }

  /** Copies a gradient or an input; returns the largest size of an entry, NaN if there is one. */
  take(given: Parameter, to: Floats): number {
    const { kernels, length } = this
    const flat = flatOf(given)
    const size = pieceLength(to)
    if (!flat || flat === to || size === 0) {
      if (flat !== to) gather(given, to)
      return kernels.peak(length, to)
    }
    const pieces = piecesOf(flat, size)
    let [most, seen] = [0, 0]
    for (let k = 0; k < pieces.length; k++) {
      to.set(pieces[k], k * size)
      if (k % 16 < 15 && k < pieces.length - 1) continue
      const fresh = to.subarray(seen, (k + 1) * size)
      seen += fresh.length
      most = Math.max(most, kernels.peak(fresh.length, fresh))
    }
    return most
  }

  perform<T, R, K>(operation: SlotOperation<T, R, K>, argument: T): R {
    return operation.memory(this as unknown as MemorySlot<K>, argument)
  }

  fill(name: string, value: number): void {
    this.arrays[name].fill(value)
  }

  /** @throws RangeError for the first entry that is not finite. */
  checkFinite(values: Floats, label: (entry: number) => string): void {
    const bad = this.kernels.nonFinite(values.length, values)
    if (bad >= 0) refuse(label(bad), 'a finite number', String(values[bad]))
  }

  /** Sets the bounds by reading the arrays. */
  measure(squares: readonly string[]): void {
    this.open(true)
    const { length, parameter, arrays, kernels, bounds } = this
    bounds.parameter = kernels.peak(length, parameter)
    bounds.state = 0
    for (const name in arrays) {
      const peak = kernels.peak(length, arrays[name])
      bounds.state = Math.max(bounds.state, squares.includes(name) ? Math.sqrt(peak) : peak)
    }
  }
}
