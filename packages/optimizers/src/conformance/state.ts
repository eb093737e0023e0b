import type { OptimizerState } from '../state.ts'
import {
  assert,
  type ConformanceCheck,
  type Create,
  copyOf,
  drive,
  sameSets,
  type Vectors,
  vectors,
} from './subject.ts'

const SIZES = { a: 5, b: 12, c: 1 }

const WAYS: [string, (state: OptimizerState) => OptimizerState][] = [
  ['JSON', (state) => JSON.parse(JSON.stringify(state))],
  ['structured clone', (state) => structuredClone(state)],
]

export function stateChecks(create: Create): ConformanceCheck[] {
  return [
    ...WAYS.map(([way, through]) => ({
      name: `state comes back from ${way} to the bit`,
      check: () => {
        for (const Floats of [Float64Array, Float32Array]) {
          const start = Object.entries(vectors(1, SIZES)).map(([name, values]) => [name, Floats.from(values)])
          const x: Vectors = Object.fromEntries(start)
          const first = create(x, { learningRate: 0.02 })
          drive(first, SIZES, 7)
          const saved = through(first.state())
          const y = copyOf(x)
          const second = create(y, { learningRate: 0.02 })
          drive(second, SIZES, 1, 99)
          for (const name of Object.keys(SIZES)) y[name].set(x[name])
          second.load(saved)
          assert(second.steps === 7, () => `steps ${second.steps} after load, wanted 7`)
          drive(first, SIZES, 6, 50)
          drive(second, SIZES, 6, 50)
          sameSets(y, x, 'after load')
          assert(JSON.stringify(first.state()) === JSON.stringify(second.state()), () => 'the states differ afterwards')
        }
      },
    })),
    {
      name: 'state keeps -0 and subnormal numbers, and is a copy',
      check: () => {
        const subject = create(Float64Array.of(1, 2, 3), { learningRate: 1e-3 })
        subject.step(Float64Array.of(-0, 5e-324, -1e-310))
        const saved = JSON.stringify(subject.state())
        const kept = subject.state()
        subject.step(Float64Array.of(1, 1, 1))
        assert(JSON.stringify(kept) === saved, () => 'a later step changed a saved state')
        subject.load(JSON.parse(saved))
        assert(JSON.stringify(subject.state()) === saved, () => 'the state loaded is not the state saved')
      },
    },
    {
      name: 'schedules are asked once a step, from step 0, and obeyed',
      check: () => {
        const asked: number[] = []
        const rates = [0.1, 0, 0.03, 0, 0.002]
        const x = vectors(1, SIZES)
        const scheduled = create(x, {
          learningRate: (step) => {
            asked.push(step)
            return rates[step]
          },
        })
        for (let t = 0; t < rates.length; t++) {
          const before = copyOf(x)
          scheduled.step(vectors(t, SIZES))
          if (rates[t] === 0) sameSets(x, before, 'at learning rate 0')
          else {
            const moved = Object.keys(SIZES).some((name) => x[name].some((v, i) => v !== before[name][i]))
            assert(moved, () => `nothing moved at learning rate ${rates[t]}`)
          }
        }
        assert(asked.join() === '0,1,2,3,4', () => `the schedule was asked for ${asked.join()}`)
        const [y, z] = [vectors(1, SIZES), vectors(1, SIZES)]
        drive(create(y, { learningRate: 0.02 }), SIZES, 5)
        drive(create(z, { learningRate: () => 0.02 }), SIZES, 5)
        sameSets(z, y, 'a schedule that is constant')
      },
    },
  ]
}
