import { refuse, show } from '@opt/core'
import { GPUArray, Pool, Usage } from './pool.ts'
import { isFloat, type Program, wgsl } from './program.ts'

/** Bytes from one command's numbers to the next one's, and how many commands fit into one submission. */
const SLOT = 256
const SLOTS = 1024
/** Bind groups that are remembered. */
const GROUPS = 2048

interface Compiled {
  index: number
  pipeline: GPUComputePipeline
  layout: GPUBindGroupLayout
  floats: boolean[]
}

/**
 * A WebGPU device with compiled programs, a pool of buffers and a queue of commands. Commands are carried out in the order given;
 * nothing comes back before {@link read}.
 */
export class Device {
  readonly name: string
  /** Do programs add up within subgroups? */
  subgroups: boolean
  readonly pool: Pool
  readonly gpu: GPUDevice
  readonly #compiled = new Map<Program, Compiled>()
  readonly #groups = new Map<string, GPUBindGroup>()
  readonly #numbers: GPUBuffer
  /** Workgroups in one dimension. */
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

  /** @throws Error when the device is lost or has failed since. */
  check(): void {
    if (this.#failure !== null) throw new Error(this.#failure)
  }

  /**
   * An array of so many zeros, or of the numbers given, as float32.
   *
   * @throws RangeError when it is larger than a buffer of this device may be; Error when the device is lost or out of memory.
   */
  array(values: number | ArrayLike<number>): GPUArray {
    this.check()
    const { array, used } = this.pool.take(typeof values === 'number' ? values : values.length)
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

  /** Makes all of an array zero. */
  clear(array: GPUArray): void {
    this.#endPass()
    this.#commands().clearBuffer(array.buffer)
  }

  /** Runs a program on arrays, in the order of its reads and writes, in so many workgroups. */
  run(program: Program, arrays: readonly GPUArray[], numbers: readonly number[], workgroups: number): void {
    this.check()
    if (workgroups === 0) return
    const compiled = this.#compiled.get(program) ?? this.#compile(program)
    if (this.#slot === SLOTS) this.flush()
    // A second dimension may have some more than are wanted; the program's first number tells it to leave those alone.
    this.#staged.setUint32(SLOT * this.#slot, workgroups, true)
    compiled.floats.forEach((float, k) => {
      const at = SLOT * this.#slot + 4 * (k + 1)
      if (float) this.#staged.setFloat32(at, numbers[k], true)
      else this.#staged.setUint32(at, numbers[k], true)
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

  /** Hands all commands given so far to the device. */
  flush(): void {
    if (!this.#encoder) return
    this.#endPass()
    this.gpu.queue.writeBuffer(this.#numbers, 0, this.#staged.buffer, 0, SLOT * this.#slot)
    this.gpu.queue.submit([this.#encoder.finish()])
    this.#encoder = null
    this.#slot = 0
  }

  /** The numbers of some arrays, when everything before has been carried out. */
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

  /** The float32 numbers of an array. */
  async floats(array: GPUArray): Promise<Float32Array> {
    return new Float32Array((await this.read(array))[0])
  }

  /** Ends all work on the device and gives its memory back. */
  destroy(): void {
    this.#fail('the device has been closed')
    this.gpu.destroy()
  }

  #compile(program: Program): Compiled {
    const { reads = [], writes = [], numbers = [], name } = program
    const buffers: GPUBufferBindingLayout[] = [
      { type: 'uniform', hasDynamicOffset: true },
      ...reads.map(() => ({ type: 'read-only-storage' }) as const),
      ...writes.map(() => ({ type: 'storage' }) as const),
    ]
    const layout = this.gpu.createBindGroupLayout({
      entries: buffers.map((buffer, binding) => ({ binding, visibility: 4, buffer })),
    })
    const module = this.gpu.createShaderModule({ label: name, code: wgsl(program, this.subgroups) })
    const pipeline = this.gpu.createComputePipeline({
      label: name,
      layout: this.gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main' },
    })
    const compiled = { index: this.#compiled.size, pipeline, layout, floats: numbers.map(isFloat) }
    this.#compiled.set(program, compiled)
    return compiled
  }

  #group({ index, layout }: Compiled, arrays: readonly GPUArray[], { name }: Program): GPUBindGroup {
    let key = `${index}`
    for (const array of arrays) {
      if (!(array instanceof GPUArray && array.of(this.pool)))
        refuse(`${name}: array`, `one of ${this.name} that has not been freed`, show(array), 'type')
      key += `,${array.key}`
    }
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
