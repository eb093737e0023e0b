// The GPU in software that Debian's chromium brings, for what must run where there is no other one.
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json'

/** Environment variables by which WebGPU in Node finds it; none where it is not there. */
export const softwareGpu = existsSync(DRIVER) ? { VK_ICD_FILENAMES: DRIVER, LD_LIBRARY_PATH: dirname(DRIVER) } : {}

/** Flags by which Chromium uses it. */
export const SOFTWARE_GPU_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']

/** What a program says that found no GPU. */
export const NO_GPU = /^Error: webgpu: (there is no WebGPU here|WebGPU is here, but no adapter).*$/m
