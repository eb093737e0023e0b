// Optimizer steps on arrays that stay on the device, beside our float32 optimizers in memory.
import { Lion } from '@opt/lion'
import { AdamW } from '@opt/optimizers'
import { cpuClock } from '../../../scripts/lib/bench.mjs'
import { now, pacer, three, uniform } from './timing.mjs'

/** Bytes a parameter that a step reads and writes: parameter, state, gradient. The check reads the gradient once more. */
const OPTIMIZERS = [
  ['Lion', (p, o) => new Lion(p, { learningRate: 1e-4, ...o }), 20],
  ['AdamW', (p, o) => new AdamW(p, o), 28],
]

/** Seconds a step: the least of three rounds of as many as fit into `least`. */
async function secondsOfStep(step, settled, clock, least) {
  const round = async (steps) => {
    const start = clock()
    for (let t = 0; t < steps; t++) step()
    await settled()
    return (clock() - start) / steps
  }
  // The first round compiles.
  await round(1)
  const steps = Math.max(1, Math.min(1000, Math.ceil(least / (await round(1)))))
  const rounds = []
  for (let k = 0; k < 3; k++) rounds.push(await round(steps))
  return Math.min(...rounds)
}

/** Rows of: n, optimizer, steps a second on the CPU (of CPU time), on the GPU, with the check, GB/s, times as fast. */
export function updateRows(sizes, least) {
  const paced = { cpu: pacer(), gpu: pacer() }
  return sizes.flatMap((n) =>
    OPTIMIZERS.map(([name, make, bytes]) => ({
      cells: [n, name],
      async run(gpu, left) {
        const onDevice = (check) => async () => {
          const [w, g] = [gpu.array(uniform(n)), gpu.array(uniform(n))]
          const optimizer = make(w, { backend: gpu, check })
          const seconds = await secondsOfStep(
            () => optimizer.step(g),
            () => optimizer.settled(),
            now,
            least,
          )
          optimizer.free()
          for (const array of [w, g]) array.free()
          return seconds
        }
        const inMemory = () => {
          const optimizer = make(uniform(n), { resident: true, check: false })
          optimizer.gradients.set(uniform(n))
          return secondsOfStep(
            () => optimizer.step(optimizer.gradients),
            () => {},
            cpuClock,
            least,
          )
        }
        const plain = await paced.gpu(n, left(), onDevice(false))
        const checked = await paced.gpu(n, left(), onDevice(true))
        const cpu = await paced.cpu(n, left(), inMemory)
        const rate = (seconds) => (seconds ? three(1 / seconds) : 'no time')
        const moved = plain ? three((bytes * n) / plain / 1e9) : ''
        return [rate(cpu), rate(plain), rate(checked), moved, cpu && plain ? three(cpu / plain) : '']
      },
    })),
  )
}
