import { type DeviceArray, number, refuse } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { type Program, THREADS } from '../program.ts'
import { Scope } from '../scope.ts'
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

/**
 * Runs programs whose last read is a guard: the step, from 1, at which numbers that are not finite were found, or 0; behind it, for
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

  /** Runs a program in so many workgroups, on arrays that may have any length. */
  run(
    program: Program,
    reads: readonly DeviceArray[],
    writes: readonly DeviceArray[],
    numbers: readonly number[],
    workgroups: number,
  ): void {
    this.#device.run(program, [...reads, this.#guard, ...writes] as GPUArray[], numbers, workgroups)
  }

  /**
   * Runs a program on the first n entries of arrays.
   *
   * @throws RangeError when one has fewer, or one that is written is given twice.
   */
  each(
    program: Program,
    n: number,
    reads: readonly DeviceArray[],
    writes: readonly DeviceArray[],
    numbers: readonly number[] = [],
  ): void {
    this.check(program, n, reads, writes)
    this.run(program, reads, writes, [n, ...numbers], Math.ceil(n / THREADS))
  }

  /** @throws RangeError when an array has fewer than n entries, or one that is written is given twice. */
  check(
    { name, reads: readNames = [], writes: writeNames = [] }: Program,
    n: number,
    reads: readonly DeviceArray[],
    writes: readonly DeviceArray[],
  ): void {
    number(n, `${name}: n`, { integer: true, min: 0 })
    const label = (k: number) =>
      `${name}: ${(k < writes.length ? writeNames[k] : readNames[k - writes.length]).split(':')[0]}`
    const all = [...writes, ...reads]
    for (let k = 0; k < all.length; k++) {
      if (all[k].length < n) refuse(label(k), `of length ${n} at least`, `length ${all[k].length}`)
      const first = all.indexOf(all[k])
      if (first < k && first < writes.length) refuse(label(k), 'an array of its own', `the same as ${label(first)}`)
    }
  }

  /** Zeros, given back by {@link free}. */
  array(length: number): StateArray {
    const array = this.#scope.array(length)
    return Object.assign(array, {
      fill: (value: number) => this.each(fill, length, [], [array], [value]),
      set: (from: Float32Array | DeviceArray) => {
        if (from.length !== length) refuse('webgpu: values', `${length} numbers`, `${from.length}`)
        if (ArrayBuffer.isView(from)) this.#device.write(array, from)
        else this.each(copy, length, [from], [array])
      },
    })
  }

  /**
   * Looks through an array that counts as number `which`, at step `step` from 1, for numbers that are not finite or not smaller than
   * `below`; what it finds stops all updates from then on.
   */
  inspect(n: number, x: DeviceArray, which: number, step: number, below: number): void {
    this.check(inspect, n, [x], [])
    const [limit] = new Uint32Array(Float32Array.of(below).buffer)
    this.#device.run(inspect, [x, this.#guard] as GPUArray[], [n, which, step, limit], Math.ceil(n / THREADS))
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
