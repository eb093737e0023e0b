import { type WebGPUBackend, webgpu } from '../src/index.ts'

/** The GPU of this machine, or of its software; null where there is none, with the reason said once. */
export async function openForTests(): Promise<WebGPUBackend | null> {
  try {
    return await webgpu()
  } catch (error) {
    process.stderr.write(`skipped without a GPU: ${(error as Error).message}\n`)
    return null
  }
}
