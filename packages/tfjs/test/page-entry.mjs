// What Chromium runs: with the WebGPU backend, which Node does not have.
import '@tensorflow/tfjs-backend-webgpu'
import { train } from './page.mjs'

globalThis.train = train
globalThis.hasWebGpu = async () => Boolean(await navigator.gpu?.requestAdapter())
