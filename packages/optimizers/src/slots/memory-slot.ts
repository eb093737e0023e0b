import { refuse, type ScanKernels } from '@opt/core'
import { flatOf, gather, scatter } from '../gather.ts'
import { type Floats, isFloat32, type Named, type Parameter } from '../parameters.ts'
import type { Rules } from '../rules.ts'
import type { Hyper, ResolvedGroup } from '../settings.ts'
import type { BoundUpdate, FusedUpdate, Numbers, UpdatePiece } from './fused-update.ts'
import { inPieces, isLong, visit } from './pieces.ts'
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
  /** What {@link visit} returned last. */
  protected visited = 0

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
    this.#outside = !whole && isLong(this.#parameter) ? flatOf(source) : null
    if (!this.#outside) gather(source, this.#parameter)
  }

  /** Ends an update: the caller gets the parameter. */
  close(): void {
    if (this.source !== null && !this.#outside) scatter(this.#parameter, this.source)
  }

  apply<N extends string>(update: FusedUpdate<N>, numbers: Numbers<N>): void {
    const bound = (this.#bound.get(update) as BoundUpdate<N> | undefined) ?? this.#bind(update)
    if (this.#outside && update.arrays.includes('parameter'))
      this.#throughMemory(this.#outside, update.arrays, bound.pieces(numbers))
    else bound.all(numbers)
  }

  /** Takes the caller's parameter through the beginning of the one in memory. */
  #throughMemory(outside: Floats, names: readonly string[], update: UpdatePiece): void {
    const { gradient, inputs, arrays } = this
    const all: Record<string, Floats> = { gradient, ...inputs, ...arrays, parameter: outside }
    const used = names.map((name) => all[name])
    inPieces(this.#parameter, (from, to) => {
      const given = outside.subarray(from, to)
      const piece = this.#parameter.subarray(0, given.length)
      this.visited = visit(used, from, to)
      piece.set(given)
      update(from, given.length)
      given.set(piece)
    })
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
  take(given: Parameter, into: Floats): number {
    const { kernels, length } = this
    const flat = flatOf(given)
    if (!flat || flat === into || !isLong(into)) {
      if (flat !== into) gather(given, into)
      return kernels.peak(length, into)
    }
    let most = 0
    inPieces(into, (from, to) => {
      const piece = into.subarray(from, to)
      this.visited = visit([flat, into], from, to)
      piece.set(flat.subarray(from, to))
      most = Math.max(most, kernels.peak(piece.length, piece))
    })
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
