import { number, refuse, show } from '@opt/core'
import ndarray from 'ndarray'
import {
  type Floats,
  fits,
  type GradientsOf,
  gather,
  isNdArray,
  isRecord,
  type Parameter,
  type ParameterSet,
  place,
  refuseShape,
  scatter,
  shapeOf,
  sizeOf,
  takeParameters,
} from './parameters.ts'
import {
  type Hyper,
  type OptimizerOptions,
  type ResolvedGroup,
  resolveGroups,
  type Schedule,
  type Settings,
} from './settings.ts'
import { allocateSlots, checkFinite, type HeldSlot, type Slot } from './slot.ts'
import { checkCount, type OptimizerState, readSlot, saveSlot } from './state.ts'

/** What makes one optimizer differ from another, but for its update. */
export interface Rules<H extends Hyper> {
  /** The name messages and saved states carry. */
  name: string
  settings: Settings<H>
  /** State arrays of a parameter under these hyper-parameters. */
  arrays(hyper: H): readonly string[]
  /** State numbers of a parameter. Default none. */
  numbers?(hyper: H): readonly string[]
  /** Arrays a step is given beside the gradients, of every parameter's length; see {@link Optimizer.take}. Default none. */
  inputs?: readonly string[]
  /** Throws when a parameter does not suit its hyper-parameters, with a message that begins with `parameter.label`. */
  accept?(hyper: H, parameter: { label: string; length: number; shape: readonly number[] }): void
}

/**
 * The contract of all step-at-a-time optimizers. An algorithm is a subclass that gives its {@link Rules} and an `update`;
 * intake, groups, schedules, checks and state are done here.
 *
 * The parameters are updated in place, in the arrays that were given. A step allocates nothing, never writes into the
 * gradients it is given, and refuses wrong input before anything changes.
 */
export abstract class Optimizer<H extends Hyper, P extends ParameterSet = ParameterSet> {
  /** The parameters: the arrays that were given, or with `resident` those in the optimizer's memory. */
  readonly parameters: P
  /**
   * Arrays in the optimizer's memory to write gradients into, in the structure of the parameters, contiguous. Optional:
   * `step(optimizer.gradients)` saves a copy. A step with other gradients overwrites them.
   */
  readonly gradients: P
  readonly #name: string
  readonly #slots: HeldSlot[]
  /** The group of each slot. */
  readonly #groups: ResolvedGroup<H>[]
  /** Groups whose learning rate is a schedule, each once. */
  readonly #scheduled: ResolvedGroup<H>[]
  readonly #check: boolean
  #steps = 0

  /**
   * @param parameters Float32Array, Float64Array or ndarrays of one, alone, in a list or in a record; finite.
   * @throws TypeError or RangeError naming the parameter, option or group that is wrong.
   */
  constructor(rules: Rules<H>, parameters: P, options: OptimizerOptions<H> = {}) {
    const { name } = rules
    if (!isRecord(options)) refuse(`${name}: options`, 'an object', show(options), 'type')
    const named = takeParameters(parameters, `${name}: parameters`)
    const groups = resolveGroups(name, rules.settings, parameters, options)
    named.forEach(({ label, value }, i) => {
      rules.accept?.(groups[i].hyper, { label, length: sizeOf(value), shape: shapeOf(value) })
    })
    const arrays = groups.map(({ hyper }) => rules.arrays(hyper).slice())
    const numbers = groups.map(({ hyper }) => rules.numbers?.(hyper).slice() ?? [])
    const resident = options.resident ?? false
    this.#slots = allocateSlots(named, arrays, numbers, rules.inputs ?? [], resident)
    this.#slots.forEach((slot, i) => {
      const { label, value } = named[i]
      gather(value, slot.parameter)
      checkFinite(slot.parameter, slot.kernels, (at) => label + place(at, slot.shape))
    })
    this.#name = name
    this.#groups = groups
    this.#scheduled = [...new Set(groups)].filter(({ rate }) => typeof rate === 'function')
    this.#check = options.check ?? true
    this.parameters = resident ? this.#views(parameters, (slot) => slot.parameter) : parameters
    this.gradients = this.#views(parameters, (slot) => slot.gradient)
  }

  /** Steps taken; the next one has this number for the schedules. */
  get steps(): number {
    return this.#steps
  }

  /**
   * One step: every parameter with a gradient moves.
   *
   * @param gradients in the structure of the parameters, float32 or float64; null for a parameter without one, which then does
   *   not take part: it keeps its value, its state and its own count of steps.
   * @throws TypeError or RangeError, before anything changes, when gradients are missing, unknown, of the wrong shape or not
   *   finite, or when a schedule gives no nonnegative number.
   */
  step(gradients: GradientsOf<P>): void {
    this.#takeGradients(gradients)
    this.#refreshRates()
    this.prepare()
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i]
      if (!slot.active) continue
      if (slot.source !== null) gather(slot.source, slot.parameter)
      slot.steps++
      this.update(slot, this.#groups[i].hyper)
      if (slot.source !== null) scatter(slot.parameter, slot.source)
    }
    this.#steps++
  }

  /** All parameters as updates see them, in the order given. */
  protected get slots(): readonly Slot[] {
    return this.#slots
  }

  /** Called once a step, when the gradients are found right and nothing has changed yet; may throw. Does nothing by default. */
  protected prepare(): void {}

  /**
   * Checks a set such as Hessian-vector products and copies it into `slot.inputs[name]`, where there is a gradient. For {@link prepare}.
   *
   * @throws TypeError or RangeError, as for gradients.
   */
  protected take(name: string, set: GradientsOf<P>): void {
    this.#checkStructure(set, name)
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i]
      const given = this.#given(set, i)
      if (!slot.active) continue
      if (given === null) refuse(this.#label(slot, name), 'given where there is a gradient', 'null')
      if (!fits(given, slot.shape, slot.length)) refuseShape(given, slot.shape, slot.length, this.#label(slot, name))
    }
    this.#copy(set, name)
  }

  /** The structure of the parameters on `slot.inputs[name]`. */
  protected views(name: string): P {
    return this.#views(this.parameters, (slot) => slot.inputs[name])
  }

  /**
   * The algorithm: changes `slot.parameter` and the slot's state by `slot.gradient`. Allocates nothing.
   *
   * @param hyper in force for this parameter at this step, the learning rate a number.
   */
  protected abstract update<A extends Floats>(slot: Slot<A>, hyper: Readonly<H>): void

  /**
   * All that the optimizer remembers, as plain JSON: through JSON or structured clone it comes back to the bit.
   * The parameters and the options are the caller's to save.
   */
  state(): OptimizerState {
    return { optimizer: this.#name, steps: this.#steps, parameters: this.#slots.map(saveSlot) }
  }

  /**
   * Goes on from a saved state. Parameters are matched by name.
   *
   * @throws TypeError or RangeError, before anything changes, when the state is not one of this optimizer on these parameters.
   */
  load(state: OptimizerState): void {
    const label = `${this.#name}.load: state`
    if (!isRecord(state) || !Array.isArray(state.parameters))
      refuse(label, 'what state() returned', show(state), 'type')
    if (state.optimizer !== this.#name) refuse(`${label}.optimizer`, show(this.#name), show(state.optimizer))
    checkCount(state.steps, `${label}.steps`)
    const saved = new Map(state.parameters.map((parameter) => [parameter?.name, parameter]))
    if (saved.size !== this.#slots.length || state.parameters.length !== this.#slots.length)
      refuse(`${label}.parameters`, `${this.#slots.length} by name`, `${state.parameters.length}, ${saved.size} names`)
    const put = this.#slots.map((slot) => {
      const parameter = saved.get(slot.name)
      if (!parameter) refuse(`${label}.parameters`, `with one named ${show(slot.name)}`, [...saved.keys()].join(', '))
      return readSlot(slot, parameter, `${label}.${slot.name}`)
    })
    for (const apply of put) apply()
    this.#steps = state.steps
  }

  /** Checks all gradients and copies them into the slots. */
  #takeGradients(gradients: unknown): void {
    this.#checkStructure(gradients, 'gradients')
    const slots = this.#slots
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]
      const given = this.#given(gradients, i)
      slot.active = given !== null
      if (given !== null && !fits(given, slot.shape, slot.length))
        refuseShape(given, slot.shape, slot.length, this.#label(slot, 'gradients'))
    }
    this.#copy(gradients, 'gradients')
  }

  /** Is it a list or record with the members that the parameters have? */
  #checkStructure(set: unknown, what: string): void {
    const label = `${this.#name}.step: ${what}`
    const slots = this.#slots
    const list = Array.isArray(this.parameters)
    const record = isRecord(this.parameters)
    if (list && !Array.isArray(set)) refuse(label, `a list of ${slots.length}`, show(set), 'type')
    if (record && !isRecord(set)) refuse(label, 'a record by name', show(set), 'type')
    if (list && (set as unknown[]).length !== slots.length)
      refuse(label, `of length ${slots.length}`, `length ${(set as unknown[]).length}`)
    if (record)
      for (const name in set as object)
        if (!Object.hasOwn(this.parameters, name))
          refuse(`${label}.${name}`, 'that of a parameter', 'one of no parameter')
  }

  /** Copies what fits into the slots and looks for numbers that are not finite. */
  #copy(set: unknown, what: string): void {
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i]
      if (!slot.active) continue
      const given = this.#given(set, i) as Parameter
      const to = what === 'gradients' ? slot.gradient : slot.inputs[what]
      if ((isNdArray(given) ? given.data : given) !== to) gather(given, to)
      if (!this.#check) continue
      const bad = slot.kernels.nonFinite(slot.length, to)
      if (bad >= 0) refuse(this.#label(slot, what) + place(bad, slot.shape), 'a finite number', String(to[bad]))
    }
  }

  #given(gradients: unknown, i: number): unknown {
    if (Array.isArray(this.parameters)) return (gradients as unknown[])[i]
    return isRecord(this.parameters) ? (gradients as Record<string, unknown>)[this.#slots[i].name] : gradients
  }

  #label(slot: HeldSlot, what: string): string {
    return slot.label.replace(': gradients', `.step: ${what}`)
  }

  #refreshRates(): void {
    for (let i = 0; i < this.#scheduled.length; i++) {
      const { rate, hyper, label } = this.#scheduled[i]
      const value = (rate as Schedule)(this.#steps)
      if (!(value >= 0 && value < Infinity))
        number(value, `${label}learningRate(${this.#steps})`, { nonnegative: true })
      hyper.learningRate = value
    }
  }

  /** The structure of the parameters on the slots' own arrays. */
  #views(set: ParameterSet, pick: (slot: HeldSlot) => Floats): P {
    const view = (slot: HeldSlot, like: unknown) =>
      isNdArray(like) ? ndarray(pick(slot), slot.shape.slice()) : pick(slot)
    if (Array.isArray(set)) return this.#slots.map((slot, i) => view(slot, set[i])) as unknown as P
    if (!isRecord(set)) return view(this.#slots[0], set) as P
    return Object.fromEntries(this.#slots.map((slot) => [slot.name, view(slot, set[slot.name])])) as unknown as P
  }
}
