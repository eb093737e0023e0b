import { random } from '@opt/core'
import { digest } from '@opt/testing'
import {
  BoostedNetwork,
  baseObjective,
  boostedNetwork,
  crossValidate,
  type LossName,
  losses,
  staged,
} from '../src/index.ts'

const rng = random(3)
const X = Array.from({ length: 40 }, () => [rng.normal(), rng.normal(), rng.normal()])
const numbers = X.map(([a, b]) => a * b + 0.1 * rng.normal())
const y: Record<LossName, number[]> = {
  squared: numbers,
  logistic: numbers.map((v) => (v > 0 ? 1 : -1)),
  softmax: numbers.map((v) => (v > 0.3 ? 2 : v > -0.3 ? 1 : 0)),
}
const names = ['squared', 'logistic', 'softmax'] as const
const small = { units: 12, neuronsPerStep: 3, innerIterations: 40 }

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    for (const loss of names)
      for (const activation of ['sigmoid', 'tanh', 'relu'] as const) {
        const {
          network,
          steps,
          losses: curve,
          state,
        } = boostedNetwork({ X, y: y[loss] }, { ...small, loss, activation })
        say([network.W.data, network.b, network.V.data, network.c, steps, curve, state])
        say(staged(network, X).map(({ data }) => data))
      }
    for (const name of names) {
      const F = X.map((row) => row.slice(0, name === 'softmax' ? 3 : 1))
      const r = losses[name].residuals(y[name], F)
      say([r.data, losses[name].value(y[name], F), losses[name].newtonStep(r, F), losses[name].initial(y[name])])
    }
    const { size, valueAndGradient } = baseObjective(X, y.squared, { units: 4, l2: 0.1 })
    const gradient = new Float64Array(size)
    say([
      valueAndGradient(
        Float64Array.from({ length: size }, () => rng.normal()),
        gradient,
      ),
      gradient,
    ])
    const table = { ...small, loss: 'softmax', validationFraction: 0.3, seed: 4 } as const
    say(JSON.stringify(new BoostedNetwork(table).fit(X, y.softmax)))
    say(crossValidate(X, y.squared, { choices: [small], folds: 3, history: false }))
  })
  expect(bits).toBe('fa2a6d427b0a38ec')
})
