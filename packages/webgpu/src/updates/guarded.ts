import { type DeviceArray, number, type Program, refuse } from '@opt/core'
import type { Arrays, Device, Numbers } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { Scope } from '../scope.ts'
import { type Declaration, declarations } from '../wgsl.ts'
import { copy, fill, inspect } from './programs.ts'

/** An array that an optimizer keeps. */
export interface StateArray extends DeviceArray {
  /** Makes all entries one number, unless updates are stopped. */
  fill(value: number): void
  /** Takes over as many numbers, from memory or from the device. */
  set(from: Float32Array | DeviceArray): void
}

/** A number that is not finite or too large: in which inspected array, at which entry, at which step from 1. */
export interface Finding {
  which: number
  at: number
  step: number
}

/** The largest u32: entry i is held as so much less i, so that the first entry is the largest number. */
const TOP = 0xffffffff

/** Arrays by their names in a program. */
export type DeviceArrays = Readonly<Record<string, DeviceArray>>

/**
 * Runs programs with a guard as `stop`: the step, from 1, at which numbers that are not finite were found, or 0; behind it, for
 * each array that is inspected, the first such entry.
 */
export class Guarded {
  readonly #device: Device
  readonly #scope: Scope
  readonly #guard: GPUArray

  constructor(device: Device, inspected: number) {
    this.#device = device
    this.#scope = new Scope(device)
    this.#guard = this.#scope.array(1 + inspected)
  }

  /** Runs a program on arrays that may have any length. */
  run(program: Program, arrays: DeviceArrays, numbers: Numbers, workgroups?: number): void {
    this.#device.run(program, { ...(arrays as Arrays), stop: this.#guard }, numbers, workgroups)
  }

  /**
   * Runs a program on the first n entries of arrays.
   *
   * @throws RangeError when one has fewer, or one that is written is given twice.
   */
  each(program: Program, n: number, arrays: DeviceArrays, numbers: Numbers = {}): void {
    this.check(program, n, arrays)
    this.run(program, arrays, { n, ...numbers })
  }

  /**
   * Checks those arrays of a program that are given.
   *
   * @throws RangeError when one has fewer than n entries, or one that is written is given twice.
   */
  check(program: Program, n: number, arrays: DeviceArrays): void {
    const label = (name: string) => `${program.name}: ${name}`
    number(n, label('n'), { integer: true, min: 0 })
    const declared = declarations(program)
    const names = (list: Declaration[]) => list.map(({ name }) => name).filter((name) => arrays[name])
    const [writes, reads] = [names(declared.writes), names(declared.reads)]
    const all = [...writes, ...reads]
    all.forEach((name, k) => {
      const { length } = arrays[name]
      if (length < n) refuse(label(name), `of length ${n} at least`, `length ${length}`)
      const first = all.findIndex((other) => arrays[other] === arrays[name])
      if (first < k && first < writes.length)
        refuse(label(name), 'an array of its own', `the same as ${label(all[first])}`)
    })
  }

  /** Zeros, given back by {@link free}. */
  array(length: number): StateArray {
    const array = this.#scope.array(length)
    return Object.assign(array, {
      fill: (value: number) => this.each(fill, length, { x: array }, { value }),
      set: (from: Float32Array | DeviceArray) => {
        if (from.length !== length) refuse('webgpu: values', `${length} numbers`, `${from.length}`)
        if (ArrayBuffer.isView(from)) this.#device.write(array, from)
        else this.each(copy, length, { source: from, to: array })
      },
    })
  }

  /**
   * Looks through an array that counts as number `which`, at step `step` from 1, for numbers that are not finite or not smaller than
   * `below`; what it finds stops all updates from then on.
   */
  inspect(n: number, x: DeviceArray, which: number, step: number, below: number): void {
    this.check(inspect, n, { x })
    const [limit] = new Uint32Array(Float32Array.of(below).buffer)
    this.#device.run(inspect, { x: x as GPUArray, guard: this.#guard }, { n, which, step, limit })
  }

  /** The first array, at the first step, with a number that is not finite, when all before is done. */
  async finding(): Promise<Finding | null> {
    const [bytes] = await this.#device.read(this.#guard)
    const [step, ...first] = new Uint32Array(bytes)
    if (step === 0) return null
    const which = first.findIndex((held) => held > 0)
    return { which, at: TOP - first[which], step }
  }

  /** Forgets what was found: updates work again. */
  resume(): void {
    this.#device.clear(this.#guard)
  }

  free(): void {
    this.#scope.free()
  }
}
