// Optimizer steps on arrays that stay on the device, beside our float32 optimizers in memory.
import { random } from '@opt/core'
import { Lion } from '@opt/lion'
import { AdamW } from '@opt/optimizers'

/** Bytes a parameter that a step reads and writes: parameter, state, gradient. The check reads the gradient once more. */
const OPTIMIZERS = [
  ['Lion', (p, o) => new Lion(p, { learningRate: 1e-4, ...o }), 20],
  ['AdamW', (p, o) => new AdamW(p, o), 28],
]

const normal = (n) => {
  const rng = random(1)
  const some = Float32Array.from({ length: 4093 }, () => rng.normal())
  return Float32Array.from({ length: n }, (_, i) => some[i % 4093])
}

/** Seconds a step: the least of a few rounds of so many. */
async function seconds(step, settled, steps) {
  let least = Infinity
  for (let round = 0; round < 4; round++) {
    const start = performance.now()
    for (let t = 0; t < steps; t++) step()
    await settled()
    // The first round compiles.
    if (round > 0) least = Math.min(least, (performance.now() - start) / 1000 / steps)
  }
  return least
}

const shown = (x) => (x >= 100 ? x.toFixed(0) : x.toPrecision(3))

/** Rows of: n, optimizer, CPU steps a second, GPU steps a second, with the check, GB/s, times as fast as the CPU. */
export async function updateRows(gpu, sizes, steps = 100) {
  const rows = []
  for (const n of sizes)
    for (const [name, make, bytes] of OPTIMIZERS) {
      const [w, g] = [gpu.array(normal(n)), gpu.array(normal(n))]
      const onDevice = async (check) => {
        const optimizer = make(w, { backend: gpu, check })
        const time = await seconds(
          () => optimizer.step(g),
          () => optimizer.settled(),
          steps,
        )
        optimizer.free()
        return time
      }
      const inMemory = make(normal(n), { resident: true, check: false })
      inMemory.gradients.set(normal(n))
      const cpu = await seconds(
        () => inMemory.step(inMemory.gradients),
        () => {},
        Math.min(steps, 20),
      )
      const [plain, checked] = [await onDevice(false), await onDevice(true)]
      for (const array of [w, g]) array.free()
      const rates = [cpu, plain, checked].map((time) => shown(1 / time))
      rows.push([n, name, ...rates, shown((bytes * n) / plain / 1e9), shown(cpu / plain)])
    }
  return rows
}
