/** A device that takes every command and carries none out: enough for what refuses before it asks for work. */
class Nothing {
  readonly limits = {
    maxBufferSize: 1048576,
    maxStorageBufferBindingSize: 1048576,
    maxComputeWorkgroupsPerDimension: 65535,
  }
  readonly features = new Set<string>()
  readonly info = { vendor: 'no', architecture: 'GPU', description: '' }
  readonly lost = new Promise<never>(() => {})
  readonly queue = this
  readonly size: number

  constructor(size = 0) {
    this.size = size
    for (const name of [
      'pushErrorScope',
      'addEventListener',
      'destroy',
      'setPipeline',
      'setBindGroup',
      'dispatchWorkgroups',
      'end',
      'copyBufferToBuffer',
      'clearBuffer',
      'writeBuffer',
      'submit',
      'createBindGroupLayout',
      'createBindGroup',
      'createShaderModule',
      'createPipelineLayout',
      'createComputePipeline',
      'createCommandEncoder',
      'finish',
      'beginComputePass',
      'unmap',
    ])
      Object.assign(this, { [name]: () => this })
  }

  createBuffer({ size }: { size: number }) {
    return new Nothing(size)
  }
  async requestAdapter() {
    return this
  }
  async requestDevice() {
    return this
  }
  async popErrorScope() {
    return null
  }
  async mapAsync() {}
  getMappedRange() {
    return new ArrayBuffer(this.size)
  }
}

/** WebGPU on a machine without one. */
export const noGpu = (): GPU => new Nothing() as unknown as GPU
