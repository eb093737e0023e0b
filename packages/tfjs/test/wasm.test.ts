// The wasm backend, which keeps tensors in a memory of its own.
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
    for (const key of ['losses', 'weights'])
      wasm[key].forEach((value: number, i: number) => expect(Math.abs(value - cpu[key][i])).toBeLessThan(1e-4))
  },
)
