import { number, type Program, refuse, show, WORKGROUP } from '@opt/core'
import { type Compiled, compile } from './compiled.ts'
import { GPUArray, Pool, Usage } from './pool.ts'

/** Bytes between the numbers of two commands, and the number of commands in one submission. */
const SLOT = 256
const SLOTS = 1024
/** Number of bind groups in the cache. */
const GROUPS = 2048

/** Arrays, or numbers, by their names in a program. */
export type Arrays = Readonly<Record<string, GPUArray>>
export type Numbers = Readonly<Record<string, number>>

/** Returns the number of workgroups of a program that has `each`. */
const groupsFor = ({ each, threads = WORKGROUP }: Program, numbers: Numbers) => Math.ceil(numbers?.[each!] / threads)

/**
 * A WebGPU device with compiled programs, a pool of buffers and a queue of commands. Commands are executed in the
 * order given; nothing comes back before {@link read}.
 */
export class Device {
  readonly name: string
  /** Whether programs reduce within subgroups. */
  subgroups: boolean
  readonly pool: Pool
  readonly gpu: GPUDevice
  readonly #compiled = new Map<Program, Compiled>()
  readonly #groups = new Map<string, GPUBindGroup>()
  readonly #numbers: GPUBuffer
  /** The most workgroups in one dimension. */
  readonly #wide: number
  readonly #staged = new DataView(new ArrayBuffer(SLOT * SLOTS))
  #slot = 0
  #encoder: GPUCommandEncoder | null = null
  #pass: GPUComputePassEncoder | null = null
  #failure: string | null = null

  constructor(gpu: GPUDevice, name: string) {
    this.gpu = gpu
    this.name = name
    this.#wide = gpu.limits.maxComputeWorkgroupsPerDimension
    this.subgroups = gpu.features.has('subgroups')
    this.pool = new Pool(
      gpu,
      () => this.flush(),
      (what) => this.#fail(what),
    )
    this.#numbers = gpu.createBuffer({ size: SLOT * SLOTS, usage: Usage.uniform | Usage.copyTarget })
    gpu.lost.then(({ message, reason }) => this.#fail(`the device is lost: ${message || reason}`))
    gpu.addEventListener('uncapturederror', (event) => {
      event.preventDefault()
      this.#fail(event.error.message)
    })
  }

  get usable(): boolean {
    return this.#failure === null
  }

  #fail(what: string): void {
    this.#failure ??= `webgpu: ${what} (${this.name})`
  }

  /** @throws Error when the device is lost or has failed. */
  check(): void {
    if (this.#failure !== null) throw new Error(this.#failure)
  }

  /**
   * Allocates an array of so many zeros, or of the numbers given, as float32.
   *
   * @throws RangeError when it is larger than a buffer of this device may be; Error when the device is lost or out of
   *   memory.
   */
  array(values: number | ArrayLike<number>): GPUArray {
    this.check()
    const { array, used } = this.pool.borrow(typeof values === 'number' ? values : values.length)
    if (typeof values !== 'number') this.write(array, values)
    else if (used) this.clear(array)
    return array
  }

  /** Writes numbers into an array, from place `at` on. */
  write(array: GPUArray, values: ArrayLike<number>, at = 0): void {
    this.check()
    if (at + values.length > array.length)
      refuse('webgpu: values', `at most ${array.length - at} from place ${at}`, `${values.length}`)
    this.flush()
    const data = values instanceof Float32Array || values instanceof Uint32Array ? values : Float32Array.from(values)
    this.gpu.queue.writeBuffer(array.buffer, 4 * at, data as Float32Array<ArrayBuffer>)
  }

  /** Sets all numbers of an array to 0. */
  clear(array: GPUArray): void {
    this.#endPass()
    this.#commands().clearBuffer(array.buffer)
  }

  /** Runs a program on arrays and numbers by their names in it; other names are ignored. */
  run(program: Program, arrays: Arrays, numbers: Numbers = {}, workgroups: number = groupsFor(program, numbers)): void {
    this.check()
    number(workgroups, `webgpu: ${program.name}: workgroups`, { integer: true, min: 0 })
    if (workgroups === 0) return
    const compiled = this.#compiled.get(program) ?? this.#compile(program)
    if (this.#slot === SLOTS) this.flush()
    // A second dimension may have some workgroups too many; the program's first number tells it to skip those.
    this.#staged.setUint32(SLOT * this.#slot, workgroups, true)
    compiled.numbers.forEach(({ name, float }, k) => {
      const value = numbers?.[name]
      if (typeof value !== 'number') refuse(`webgpu: ${program.name}: ${name}`, 'a number', show(value), 'type')
      const at = SLOT * this.#slot + 4 * (k + 1)
      if (float) this.#staged.setFloat32(at, value, true)
      else this.#staged.setUint32(at, value, true)
    })
    const group = this.#group(compiled, arrays, program)
    this.#commands()
    this.#pass ??= this.#encoder!.beginComputePass()
    this.#pass.setPipeline(compiled.pipeline)
    this.#pass.setBindGroup(0, group, [SLOT * this.#slot++])
    const rows = Math.ceil(workgroups / this.#wide)
    this.#pass.dispatchWorkgroups(Math.ceil(workgroups / rows), rows)
  }

  #commands(): GPUCommandEncoder {
    this.#encoder ??= this.gpu.createCommandEncoder()
    return this.#encoder
  }

  #endPass(): void {
    this.#pass?.end()
    this.#pass = null
  }

  /** Submits all commands given so far. */
  flush(): void {
    if (!this.#encoder) return
    this.#endPass()
    this.gpu.queue.writeBuffer(this.#numbers, 0, this.#staged.buffer, 0, SLOT * this.#slot)
    this.gpu.queue.submit([this.#encoder.finish()])
    this.#encoder = null
    this.#slot = 0
  }

  /** Reads arrays once all commands given before are executed. */
  async read(...arrays: GPUArray[]): Promise<ArrayBuffer[]> {
    this.check()
    const bytes = arrays.map(({ length }) => 4 * length)
    const size = bytes.reduce((sum, b) => sum + b, 0)
    const staging = this.gpu.createBuffer({ size: Math.max(4, size), usage: Usage.mapRead | Usage.copyTarget })
    this.#endPass()
    let at = 0
    arrays.forEach(({ buffer }, k) => {
      this.#commands().copyBufferToBuffer(buffer, 0, staging, at, bytes[k])
      at += bytes[k]
    })
    this.flush()
    try {
      await staging.mapAsync(Usage.mapRead)
    } catch (error) {
      this.#fail((error as Error).message)
    }
    this.check()
    const mapped = staging.getMappedRange()
    at = 0
    const copies = bytes.map((b) => mapped.slice(at, (at += b)))
    staging.destroy()
    return copies
  }

  /** Reads the float32 numbers of an array. */
  async floats(array: GPUArray): Promise<Float32Array> {
    return new Float32Array((await this.read(array))[0])
  }

  /** Ends all work on the device and frees its memory. */
  destroy(): void {
    this.#fail('the device has been closed')
    this.gpu.destroy()
  }

  #compile(program: Program): Compiled {
    const compiled = compile(this.gpu, program, this.#compiled.size, this.subgroups)
    this.#compiled.set(program, compiled)
    return compiled
  }

  #group({ index, layout, arrays: names }: Compiled, given: Arrays, program: Program): GPUBindGroup {
    let key = `${index}`
    const arrays = names.map((name) => {
      const array = given?.[name]
      if (!(array instanceof GPUArray && array.of(this.pool)))
        refuse(
          `webgpu: ${program.name}: ${name}`,
          `an array of ${this.name} that has not been freed`,
          show(array),
          'type',
        )
      key += `,${array.key}`
      return array
    })
    let group = this.#groups.get(key)
    if (!group) {
      const numbers = { buffer: this.#numbers, size: SLOT }
      group = this.gpu.createBindGroup({
        layout,
        entries: [numbers, ...arrays.map(({ buffer }) => ({ buffer }))].map((resource, binding) => ({
          binding,
          resource,
        })),
      })
      if (this.#groups.size >= GROUPS) this.#groups.clear()
      this.#groups.set(key, group)
    }
    return group
  }
}
