import type { Program } from '@opt/core'
import type { Arrays, Device, Numbers } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { Scope } from '../scope.ts'
import { copy, fill, inspect } from './programs.ts'

/** A number that is not finite, or too large: the index of its array, its entry, and the step, from 1. */
export interface Finding {
  which: number
  entry: number
  step: number
}

/** The largest u32: entry i is stored as TOP - i, so that the first entry is the largest number. */
const TOP = 0xffffffff

/**
 * Runs programs until a number is found that is not finite, and none after that. The guard is an
 * array: first the step, from 1, at which such a number was found, or 0; then the first such entry of
 * each inspected array.
 */
export class Guard {
  readonly #device: Device
  readonly #scope: Scope
  readonly #guard: GPUArray
  readonly #stopping = new Map<Program, Program>()

  /** @param inspected the number of inspected arrays. */
  constructor(device: Device, inspected: number) {
    this.#device = device
    this.#scope = new Scope(device)
    this.#guard = this.#scope.array(1 + inspected)
  }

  /** Runs a program, unless a number has been found. */
  run(program: Program, arrays: Arrays, numbers: Numbers, workgroups?: number): void {
    this.#device.run(this.#stop(program), { ...arrays, stop: this.#guard }, numbers, workgroups)
  }

  /** Returns the program, stopped by the guard. */
  #stop(program: Program): Program {
    if (program.stop) return program
    let stopping = this.#stopping.get(program)
    if (!stopping) this.#stopping.set(program, (stopping = { ...program, stop: true }))
    return stopping
  }

  /** Allocates zeros, to be freed by {@link free}. */
  array(length: number): GPUArray {
    return this.#scope.array(length)
  }

  /** Sets every entry to one number. */
  fill(x: GPUArray, value: number): void {
    this.run(fill, { x }, { n: x.length, value })
  }

  copy(source: GPUArray, to: GPUArray): void {
    this.run(copy, { source, to }, { n: to.length })
  }

  /**
   * Searches the array of index `which`, at a step from 1, for numbers that are not finite or not smaller
   * than `below`. If it finds one, no later program runs.
   */
  inspect(x: GPUArray, which: number, step: number, below: number): void {
    const [limit] = new Uint32Array(Float32Array.of(below).buffer)
    this.#device.run(inspect, { x, guard: this.#guard }, { n: x.length, which, step, limit })
  }

  /** Returns what was found, in the first array, once all work queued before is done; null if nothing. */
  async finding(): Promise<Finding | null> {
    const [bytes] = await this.#device.read(this.#guard)
    const [step, ...first] = new Uint32Array(bytes)
    if (step === 0) return null
    const which = first.findIndex((stored) => stored > 0)
    return { which, entry: TOP - first[which], step }
  }

  /** Clears what was found: programs run again. */
  resume(): void {
    this.#device.clear(this.#guard)
  }

  free(): void {
    this.#scope.free()
  }
}
