import { number, refuse, show } from '@opt/core'
import { checkParameters, type GradientsOf, isRecord, type ParameterSet, shapeOf, sizeOf } from './parameters.ts'
import type { Rules } from './rules.ts'
import { type Hyper, type OptimizerOptions, type ResolvedGroup, resolveGroups, type Schedule } from './settings.ts'
import { DeviceStore } from './slots/device-store.ts'
import { MemoryStore } from './slots/memory-store.ts'
import type { HeldSlot, Slot, SlotStore } from './slots/slot.ts'
import { type OptimizerState, readState, saveSlot } from './state.ts'
import { checkStructure, memberOf, viewsOf } from './structure.ts'

/**
 * The contract of all step-at-a-time optimizers. An algorithm is a subclass that gives its {@link Rules} and an `update`;
 * intake, groups, schedules, checks and state are done here.
 *
 * The parameters are updated in place, in the arrays that were given. A step allocates nothing that lasts, never writes into the
 * gradients it is given, and refuses wrong input before anything changes.
 */
export abstract class Optimizer<H extends Hyper, P extends ParameterSet = ParameterSet> {
  /** The parameters: the arrays that were given, or with `resident` those in the optimizer's memory. */
  readonly parameters: P
  readonly #rules: Rules<H>
  readonly #store: SlotStore<H>
  /** Groups whose learning rate is a schedule, each once. */
  readonly #scheduled: ResolvedGroup<H>[]
  readonly #check: boolean
  #gradients: P | undefined
  #steps = 0

  /**
   * @param parameters Float32Array, Float64Array or ndarrays of one, alone, in a list or in a record; finite.
   * @throws TypeError or RangeError naming the parameter, option or group that is wrong.
   */
  constructor(rules: Rules<H>, parameters: P, options: OptimizerOptions<H> = {}) {
    const { name, onDevice } = rules
    if (!isRecord(options)) refuse(`${name}: options`, 'an object', show(options), 'type')
    const { backend, resident = false, check = true } = options
    if (backend !== undefined) {
      if (typeof backend?.slots !== 'function') refuse(`${name}: backend`, 'a device', show(backend), 'type')
      if (!onDevice || resident)
        refuse(`${name}: backend`, `left out ${onDevice ? 'with resident' : '(it works in memory only)'}`, backend.name)
    }
    const named = checkParameters(parameters, `${name}: parameters`, backend?.checkParameter.bind(backend))
    const groups = resolveGroups(name, rules.settings, parameters, options)
    named.forEach(({ path, value }, i) => {
      const label = `${name}: parameters${path}`
      rules.accept?.(groups[i].hyper, { label, length: sizeOf(value), shape: shapeOf(value) })
    })
    this.#rules = rules
    this.#store = backend
      ? new DeviceStore(rules, named, groups, backend)
      : new MemoryStore(rules, named, groups, resident)
    this.#scheduled = [...new Set(groups)].filter(({ rate }) => typeof rate === 'function')
    this.#check = check
    this.parameters = resident ? viewsOf(parameters, this.slots, (i) => this.slots[i].parameter) : parameters
  }

  /**
   * Arrays in the optimizer's memory to write gradients into, in the structure of the parameters, contiguous. Optional:
   * `step(optimizer.gradients)` saves a copy. A step with other gradients overwrites them.
   */
  get gradients(): P {
    this.#gradients ??= this.views('gradients')
    return this.#gradients
  }

  /** The number of steps taken; the next one has this number for the schedules. */
  get steps(): number {
    return this.#steps
  }

  /**
   * Takes one step: every parameter with a gradient moves.
   *
   * @param gradients in the structure of the parameters, float32 or float64; null for a parameter without one, which then does
   *   not take part: it keeps its value, its state and its own count of steps.
   * @throws TypeError or RangeError when gradients are missing, unknown, of the wrong shape or not finite, when a schedule gives no
   *   nonnegative number, or when the step would leave a number that is not finite in parameters or state; nothing has changed then.
   *   On a device {@link settled} says what it finds there.
   */
  step(gradients: GradientsOf<P>): void {
    this.receive('gradients', gradients)
    this.#refreshRates()
    this.prepare()
    this.#store.step(this.#steps, this.#check, this.#update)
    this.#steps++
  }

  readonly #update = (slot: HeldSlot<H> & Slot): void => this.update(slot, slot.group.hyper)

  /** All parameters as updates see them, in the order given. */
  protected get slots(): readonly Slot[] {
    return this.#store.slots
  }

  /** Called once a step, when the gradients are found right and nothing has changed yet; may throw. Does nothing by default. */
  protected prepare(): void {}

  /**
   * Checks a set such as Hessian-vector products and copies it into the slots' inputs of that name, where there is a gradient. For
   * {@link prepare}.
   *
   * @throws TypeError or RangeError, as for gradients.
   */
  protected receive(what: string, set: GradientsOf<P>): void {
    const { slots } = this.#store
    checkStructure(this.parameters, set, slots.length, `${this.#rules.name}.step: ${what}`)
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]
      const given = memberOf(this.parameters, set, i, slot.name)
      if (what === 'gradients') slot.active = given !== null
      else if (slot.active && given === null) refuse(slot.label(what), 'given where there is a gradient', 'null')
      if (slot.active) this.#store.check(given, i, what)
    }
    for (let i = 0; i < slots.length; i++)
      if (slots[i].active)
        this.#store.receive(memberOf(this.parameters, set, i, slots[i].name), i, what, this.#steps, this.#check)
  }

  /** The optimizer's own arrays for 'gradients' or an input, in the structure of the parameters. */
  protected views(name: string): P {
    return viewsOf(this.parameters, this.slots, (i) => this.#store.own(i, name))
  }

  /**
   * The algorithm: changes the parameter and the state of one slot by its gradient. It allocates nothing that lasts.
   *
   * @param hyper in force for this parameter at this step, the learning rate a number.
   */
  protected abstract update(slot: Slot, hyper: Readonly<H>): void

  /**
   * Returns all that the optimizer remembers, as plain JSON: through JSON or structured clone it comes back to the bit.
   * The parameters and the options are the caller's to save.
   *
   * @throws Error on a device; {@link stateAsync} waits for it.
   */
  state(): OptimizerState {
    const states = this.#store.state()
    const parameters = this.#store.slots.map((slot, i) => saveSlot(slot, states[i]))
    return { optimizer: this.#rules.name, steps: this.#steps, parameters }
  }

  /**
   * {@link state}, in memory or on a device, as it stands at the call. A state goes from either to the other.
   *
   * @throws RangeError as {@link settled}.
   */
  async stateAsync(): Promise<OptimizerState> {
    const steps = this.#steps
    const [states] = await Promise.all([this.#store.stateAsync(), this.settled()])
    const parameters = this.#store.slots.map((slot, i) => saveSlot(slot, states[i]))
    return { optimizer: this.#rules.name, steps, parameters }
  }

  /**
   * Waits until all steps are done; in memory they are.
   *
   * @throws RangeError, on a device, when a gradient was not finite. Neither that step nor a later one has changed anything then;
   *   `steps` is again what it was before it, and the optimizer can go on from there.
   */
  async settled(): Promise<void> {
    await this.#store.settled((step) => {
      this.#steps = step
    })
  }

  /** Frees what the optimizer keeps on a device, the parameters not among it; it may not be used after that. */
  free(): void {
    this.#store.free()
  }

  /**
   * Goes on from a saved state. Parameters are matched by name. On a device, what {@link settled} had to say is forgotten.
   *
   * @throws TypeError or RangeError, before anything changes, when the state is not one of this optimizer on these parameters.
   */
  load(state: OptimizerState): void {
    this.#store.load(readState(this.#rules, this.#store.slots, state))
    this.#steps = state.steps
  }

  #refreshRates(): void {
    for (const { rate, hyper, path } of this.#scheduled) {
      const value = (rate as Schedule)(this.#steps)
      if (!(value >= 0 && value < Infinity))
        number(value, `${this.#rules.name}.step: ${path}learningRate(${this.#steps})`, { nonnegative: true })
      hyper.learningRate = value
    }
  }
}
