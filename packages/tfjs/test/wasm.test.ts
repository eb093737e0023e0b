// The wasm backend, which keeps tensors in a memory of its own.
import { near } from '@opt/testing'
import '@tensorflow/tfjs-backend-wasm'
import { tf } from './setting.ts'

test.each([false, true])(
  'the same steps as on the cpu backend, no tensor left behind, clones untouched',
  async (awaited) => {
    const { train } = await import('./page.mjs' as string)
    const cpu = await train('cpu')
    const wasm = await train('wasm', awaited)
    expect(tf.getBackend()).toBe('wasm')
    expect(wasm).toMatchObject({ backend: 'wasm', grown: 0, changed: false })
    near([wasm.losses, wasm.weights], [cpu.losses, cpu.weights], { absolute: 1e-4 })
  },
)
