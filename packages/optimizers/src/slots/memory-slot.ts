import { refuse, type ScanKernels } from '@opt/core'
import { gather } from '../gather.ts'
import { type Floats, isFloat32, type Named, type Parameter } from '../parameters.ts'
import type { Rules } from '../rules.ts'
import type { Hyper, ResolvedGroup } from '../settings.ts'
import type { BoundUpdate, FusedUpdate, Numbers } from './fused-update.ts'
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

/** A slot in the optimizer's memory. */
export class SlotInMemory<H extends Hyper = Hyper> extends StoredSlot<H> implements MemorySlot {
  readonly parameter: Floats
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
    this.parameter = parameter
    this.gradient = gradient
    this.inputs = inputs
    this.arrays = arrays
    this.kernels = kernels
    this.source = source
  }

  get dtype(): 'float32' | 'float64' {
    return isFloat32(this.parameter) ? 'float32' : 'float64'
  }

  apply<N extends string>(update: FusedUpdate<N>, numbers: Numbers<N>): void {
    const bound = (this.#bound.get(update) as BoundUpdate<N> | undefined) ?? this.#bind(update)
    bound(numbers)
  }

  /** Binds an update to the slot's arrays, at its first use; in plain JavaScript if the rules' kernels lack it. */
  #bind<N extends string>(update: FusedUpdate<N>): BoundUpdate<N> {
    const { parameter, gradient, inputs, arrays, kernels, length } = this
    const { name } = update
    const bind = (name in this.#exports ? kernels[name] : update.bind(null)) as ReturnType<FusedUpdate<N>['bind']>
    const bound = bind(length, { parameter, gradient, ...inputs, ...arrays })
    this.#bound.set(update, bound as BoundUpdate)
    return bound
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
    const { length, parameter, source, arrays, kernels, bounds } = this
    if (source !== null) gather(source, parameter)
    bounds.parameter = kernels.peak(length, parameter)
    bounds.state = 0
    for (const name in arrays) {
      const peak = kernels.peak(length, arrays[name])
      bounds.state = Math.max(bounds.state, squares.includes(name) ? Math.sqrt(peak) : peak)
    }
  }
}
