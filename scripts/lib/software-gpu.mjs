// SwiftShader, the software GPU in Debian's chromium package, for machines without a GPU.
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json'

/** Environment variables with which WebGPU in Node finds it; none if it is not installed. */
export const softwareGpu = existsSync(DRIVER) ? { VK_ICD_FILENAMES: DRIVER, LD_LIBRARY_PATH: dirname(DRIVER) } : {}

/** Flags with which Chromium uses it. */
export const SOFTWARE_GPU_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']

/** The message of a program that found no GPU. */
export const NO_GPU = /^Error: webgpu: (there is no WebGPU here|WebGPU is here, but no adapter).*$/m
