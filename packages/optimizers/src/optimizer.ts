import { number, refuse, show } from '@opt/core'
import { checkParameters, type GradientsOf, isRecord, type ParameterSet, shapeOf, sizeOf } from './parameters.ts'
import type { Rules } from './rules.ts'
import { type Hyper, type OptimizerOptions, type ResolvedGroup, resolveGroups, type Schedule } from './settings.ts'
import { DeviceStore } from './slots/device-store.ts'
import { MemoryStore } from './slots/memory-store.ts'
import type { Slot } from './slots/slot.ts'
import type { SlotState, SlotStore, StoredSlot } from './slots/stored-slot.ts'
import { type OptimizerState, readState, saveSlot } from './state.ts'
import { checkStructure, memberOf, viewsOf } from './structure.ts'

/**
 * The contract of all step-at-a-time optimizers. An algorithm is a subclass with {@link Rules} and
 * an `update`; this class does array intake, groups, schedules, checks and state.
 *
 * Parameters are updated in place, in the caller's arrays. A step keeps no memory that it
 * allocates, never writes into the gradients it is given, and refuses wrong input before anything
 * changes.
 */
export abstract class Optimizer<H extends Hyper, P extends ParameterSet = ParameterSet> {
  /** The caller's arrays, or with `resident` those in the optimizer's memory. */
  readonly parameters: P
  readonly #rules: Rules<H>
  readonly #store: SlotStore<H>
  /** Groups whose learning rate is a schedule. */
  readonly #scheduled: ResolvedGroup<H>[]
  readonly #check: boolean
  #gradients: P | undefined
  #steps = 0

  /**
   * @param parameters a float array or an ndarray of one, or a list or record of them; all finite.
   * @throws TypeError or RangeError that names the wrong parameter, option or group.
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
   * Contiguous arrays for gradients in the optimizer's memory, in the structure of the parameters:
   * `step(optimizer.gradients)` saves a copy. A step with other gradients overwrites them.
   */
  get gradients(): P {
    return (this.#gradients ??= this.views('gradients'))
  }

  /** The number of steps taken: what schedules get at the next step. */
  get steps(): number {
    return this.#steps
  }

  /**
   * Takes one step: every parameter with a gradient moves.
   *
   * @param gradients in the structure of the parameters, float32 or float64. A parameter whose
   *   gradient is null keeps its value, its state and its own count of steps.
   * @throws TypeError or RangeError, before anything changes, when a gradient is missing, unknown,
   *   of the wrong shape or not finite, when a schedule returns anything but a nonnegative number, or
   *   when a parameter or its state would not stay finite. On a device {@link settled} throws what
   *   is found there.
   */
  step(gradients: GradientsOf<P>): void {
    this.receive('gradients', gradients)
    this.#refreshRates()
    this.prepare()
    this.#store.step(this.#steps, this.#check, this.#update)
    this.#steps++
  }

  readonly #update = (slot: StoredSlot<H> & Slot): void => this.update(slot, slot.group.hyper)

  /** All slots, in the order of the parameters. */
  protected get slots(): readonly Slot[] {
    return this.#store.slots
  }

  /** Called once a step, after the gradients are checked and before anything changes; may throw. */
  protected prepare(): void {}

  /**
   * Checks a further set, such as Hessian-vector products, and copies it into the slots' inputs of
   * that name, for parameters with a gradient. To be called in {@link prepare}.
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

  /** Returns the optimizer's own arrays for 'gradients' or an input, in the structure of the parameters. */
  protected views(name: string): P {
    return viewsOf(this.parameters, this.slots, (i) => this.#store.own(i, name))
  }

  /**
   * The algorithm: updates the parameter and the state of one slot from its gradient.
   *
   * @param hyper the hyper-parameters of this parameter at this step; the learning rate is a number.
   */
  protected abstract update(slot: Slot, hyper: Readonly<H>): void

  /**
   * Returns the optimizer's state as plain JSON; JSON and structured clone restore every bit. The
   * parameters and the options are not part of it.
   *
   * @throws Error on a device: call {@link stateAsync}.
   */
  state(): OptimizerState {
    return this.#saved(this.#store.state(), this.#steps)
  }

  /**
   * Returns the state at the time of the call. A state in memory can be loaded on a device, and the
   * other way round.
   *
   * @throws RangeError as {@link settled} does.
   */
  async stateAsync(): Promise<OptimizerState> {
    const steps = this.#steps
    const [states] = await Promise.all([this.#store.stateAsync(), this.settled()])
    return this.#saved(states, steps)
  }

  #saved(states: readonly SlotState[], steps: number): OptimizerState {
    const parameters = this.#store.slots.map((slot, i) => saveSlot(slot, states[i]))
    return { optimizer: this.#rules.name, steps, parameters }
  }

  /**
   * Waits until all steps are done; in memory they always are.
   *
   * @throws RangeError, on a device, when a gradient was not finite. That step and later ones have
   *   then changed nothing, `steps` is what it was before them, and the optimizer can go on.
   */
  async settled(): Promise<void> {
    await this.#store.settled((step) => {
      this.#steps = step
    })
  }

  /** Frees the optimizer's memory on a device, except the parameters. The optimizer is unusable afterwards. */
  free(): void {
    this.#store.free()
  }

  /**
   * Restores a saved state; parameters are matched by name. On a device, errors that
   * {@link settled} has not thrown yet are dropped.
   *
   * @throws TypeError or RangeError, before anything changes, when the state does not fit this
   *   optimizer and its parameters.
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
