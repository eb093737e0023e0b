import { type DeviceSlots, number, refuse, show } from '@opt/core'
import { isCalm, staysInRange } from './bounds.ts'
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
import type { Rules } from './rules.ts'
import { type Hyper, type OptimizerOptions, type ResolvedGroup, resolveGroups, type Schedule } from './settings.ts'
import { allocateSlots, checkFinite, type HeldSlot, type Slot, slotsOnDevice } from './slot.ts'
import { type OptimizerState, readState, saveSlot } from './state.ts'
import { checkStructure, memberOf, viewsOf } from './structure.ts'
import { Trial } from './trial.ts'

/** On a device numbers of gradients and parameters are smaller: float32 has room for their squares, and for sums of those. */
const BELOW = 35184372088832 // 2^45

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
  readonly #rules: Rules<H>
  readonly #slots: HeldSlot[]
  /** The group of each slot. */
  readonly #groups: ResolvedGroup<H>[]
  /** Groups whose learning rate is a schedule, each once. */
  readonly #scheduled: ResolvedGroup<H>[]
  readonly #check: boolean
  readonly #device: DeviceSlots | null = null
  readonly #trial: Trial
  #gradients: P | undefined
  #steps = 0

  /**
   * @param parameters Float32Array, Float64Array or ndarrays of one, alone, in a list or in a record; finite.
   * @throws TypeError or RangeError naming the parameter, option or group that is wrong.
   */
  constructor(rules: Rules<H>, parameters: P, options: OptimizerOptions<H> = {}) {
    const { name } = rules
    if (!isRecord(options)) refuse(`${name}: options`, 'an object', show(options), 'type')
    const { backend, resident = false } = options
    const { inputs = [], squares = [], onDevice } = rules
    if (backend !== undefined) {
      if (typeof backend?.hold !== 'function') refuse(`${name}: backend`, 'a device', show(backend), 'type')
      if (!onDevice || resident)
        refuse(`${name}: backend`, `left out ${onDevice ? 'with resident' : '(it works in memory only)'}`, backend.name)
    }
    const check = backend && ((value: unknown, label: string) => backend.checkParameter(value, label))
    const named = takeParameters(parameters, `${name}: parameters`, check)
    const groups = resolveGroups(name, rules.settings, parameters, options)
    named.forEach(({ label, value }, i) => {
      rules.accept?.(groups[i].hyper, { label, length: sizeOf(value), shape: shapeOf(value) })
    })
    const arrays = groups.map(({ hyper }) => rules.arrays(hyper).slice())
    const numbers = groups.map(({ hyper }) => rules.numbers?.(hyper).slice() ?? [])
    if (backend) {
      const request = { keeps: [], below: BELOW, ...onDevice!, arrays, inputs, squares }
      const { slots, device } = slotsOnDevice(backend, named, numbers, request)
      this.#slots = slots
      this.#device = device
    } else {
      this.#slots = allocateSlots(named, arrays, numbers, inputs, resident)
      this.#slots.forEach((slot, i) => {
        const { label, value } = named[i]
        gather(value, slot.parameter)
        checkFinite(slot.parameter, slot.kernels, (at) => label + place(at, slot.shape))
      })
    }
    this.#rules = rules
    this.#trial = new Trial(this.#slots)
    this.#groups = groups
    this.#scheduled = [...new Set(groups)].filter(({ rate }) => typeof rate === 'function')
    this.#check = options.check ?? true
    this.parameters = resident ? viewsOf(parameters, this.#slots, (slot) => slot.parameter) : parameters
  }

  /**
   * Arrays in the optimizer's memory to write gradients into, in the structure of the parameters, contiguous. Optional:
   * `step(optimizer.gradients)` saves a copy. A step with other gradients overwrites them.
   */
  get gradients(): P {
    const own = (slot: HeldSlot, i: number) =>
      (this.#device?.own(i, 'gradients') as Floats | undefined) ?? slot.gradient
    this.#gradients ??= viewsOf(this.parameters, this.#slots, own)
    return this.#gradients
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
   * @throws TypeError or RangeError when gradients are missing, unknown, of the wrong shape or not finite, when a schedule gives no
   *   nonnegative number, or when the step would leave a number that is not finite in parameters or state; nothing has changed then.
   *   On a device {@link settled} says what it finds there.
   */
  step(gradients: GradientsOf<P>): void {
    this.#takeGradients(gradients)
    this.#refreshRates()
    this.prepare()
    if (!this.#check || (this.#device ? this.#confine(this.#device) : this.#isCalm())) this.#update()
    else this.#try()
    this.#steps++
  }

  #update(): void {
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i]
      this.#device?.mark(i, this.#steps)
      if (!slot.active) continue
      if (slot.source !== null) gather(slot.source, slot.parameter)
      slot.steps++
      this.update(slot, this.#groups[i].hyper)
      if (slot.source !== null) scatter(slot.parameter, slot.source)
    }
  }

  /** Can no number of the step leave its range? */
  #isCalm(): boolean {
    for (let i = 0; i < this.#slots.length; i++)
      if (this.#slots[i].active && !isCalm(this.#rules, this.#groups[i].hyper, this.#slots[i])) return false
    return true
  }

  #try(): void {
    this.#trial.begin()
    try {
      this.#update()
    } catch (error) {
      this.#trial.back()
      throw error
    }
    this.#trial.end(this.#labelOf)
  }

  /** On a device, whose numbers are not seen, bounds decide: entries that have to be small are looked at there. */
  #confine(device: DeviceSlots): true {
    const rules = this.#rules
    const groups = this.#groups
    for (let i = 0; i < this.#slots.length; i++) {
      const { active, bounds } = this.#slots[i]
      if (!active) continue
      bounds.gradient = rules.onDevice?.below ?? BELOW
      if (staysInRange(rules, groups[i].hyper, bounds)) continue
      bounds.parameter = BELOW
      bounds.state = BELOW
      if (!staysInRange(rules, groups[i].hyper, bounds)) {
        bounds.parameter = Infinity
        const allowed = 'such that no step can leave the range of float32 on a device'
        const given = `a learning rate of ${groups[i].hyper.learningRate} with these decay rates, epsilon and penalties`
        refuse(`${rules.name}.step: options`, allowed, given)
      }
      device.confine(i, this.#steps, BELOW)
    }
    return true
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
    checkStructure(this.parameters, set, this.#slots.length, `${this.#rules.name}.step: ${name}`)
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i]
      const given = memberOf(this.parameters, set, i, slot.name)
      if (!slot.active) continue
      if (given === null) refuse(this.#label(slot, name), 'given where there is a gradient', 'null')
      this.#checkShape(given, i, name)
    }
    this.#copy(set, name)
  }

  /** The structure of the parameters on `slot.inputs[name]`. */
  protected views(name: string): P {
    return viewsOf(this.parameters, this.#slots, (slot) => slot.inputs[name])
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
   *
   * @throws Error on a device, which {@link stateAsync} waits for.
   */
  state(): OptimizerState {
    if (this.#device) throw new Error(`${this.#rules.name}.state: on a device the state is read by await stateAsync()`)
    return { optimizer: this.#rules.name, steps: this.#steps, parameters: this.#slots.map((slot) => saveSlot(slot)) }
  }

  /**
   * {@link state}, in memory or on a device, as it stands at the call. A state goes from either to the other.
   *
   * @throws RangeError as {@link settled}.
   */
  async stateAsync(): Promise<OptimizerState> {
    const device = this.#device
    if (!device) return this.state()
    const whole = { optimizer: this.#rules.name, steps: this.#steps }
    const [read] = await Promise.all([device.read(), this.settled()])
    return { ...whole, parameters: this.#slots.map((slot, i) => saveSlot({ ...slot, ...read[i] })) }
  }

  /**
   * Waits until all steps are done; in memory they are.
   *
   * @throws RangeError, on a device, when a gradient was not finite. Neither that step nor a later one has changed anything then;
   *   `steps` is again what it was before it, and the optimizer can go on from there.
   */
  async settled(): Promise<void> {
    const back = (step: number) => {
      this.#steps = step
      for (const { bounds } of this.#slots) bounds.parameter = Infinity
    }
    await this.#device?.settled(back, (i, what, at) => {
      const slot = this.#slots[i]
      return this.#label(slot, what) + place(at, slot.shape)
    })
  }

  /** Gives back what it keeps on a device, the parameters not among it; it may not be used after that. */
  free(): void {
    this.#device?.free()
  }

  /**
   * Goes on from a saved state. Parameters are matched by name. On a device, what {@link settled} had to say is forgotten.
   *
   * @throws TypeError or RangeError, before anything changes, when the state is not one of this optimizer on these parameters.
   */
  load(state: OptimizerState): void {
    readState(this.#rules, this.#slots, state)()
    this.#device?.loaded()
    this.#steps = state.steps
  }

  /** Checks all gradients and copies them into the slots. */
  #takeGradients(gradients: unknown): void {
    checkStructure(this.parameters, gradients, this.#slots.length, `${this.#rules.name}.step: gradients`)
    const slots = this.#slots
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]
      const given = memberOf(this.parameters, gradients, i, slot.name)
      slot.active = given !== null
      if (given !== null) this.#checkShape(given, i, 'gradients')
    }
    this.#copy(gradients, 'gradients')
  }

  #checkShape(given: unknown, i: number, what: string): void {
    const slot = this.#slots[i]
    const { shape, length } = slot
    if (this.#device) this.#device.check(given, i, this.#label(slot, what))
    else if (!fits(given, shape, length)) refuseShape(given, shape, length, this.#label(slot, what))
  }

  /** Copies what fits into the slots and looks for numbers that are not finite. */
  #copy(set: unknown, what: string): void {
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i]
      if (!slot.active) continue
      const given = memberOf(this.parameters, set, i, slot.name) as Parameter
      if (this.#device) {
        this.#device.take(given, i, what, this.#steps, this.#check)
        continue
      }
      const to = what === 'gradients' ? slot.gradient : slot.inputs[what]
      if ((isNdArray(given) ? given.data : given) !== to) gather(given, to)
      if (!this.#check) continue
      const peak = slot.kernels.peak(slot.length, to)
      if (!(peak < Infinity)) checkFinite(to, slot.kernels, (at) => this.#label(slot, what) + place(at, slot.shape))
      slot.bounds.gradient = what === 'gradients' ? peak : Math.max(slot.bounds.gradient, peak)
    }
  }

  readonly #labelOf = (slot: HeldSlot, what: string): string => this.#label(slot, what)

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
}
