import { type WebGPUBackend, webgpu } from '../src/index.ts'

async function open(): Promise<WebGPUBackend | null> {
  try {
    return await webgpu()
  } catch (error) {
    process.stderr.write(`skipped without a GPU: ${(error as Error).message}\n`)
    return null
  }
}

const opened = await open()
afterAll(() => opened?.close())

/** The GPU of this machine, or of its software; there for what {@link onDevice} describes. */
export const gpu = opened as WebGPUBackend

/** Describes what needs a GPU: skipped where there is none, with the reason said once. */
export const onDevice = opened ? describe : describe.skip
