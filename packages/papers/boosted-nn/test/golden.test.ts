import { golden, near } from '@opt/testing'
import {
  baseObjective,
  boostedNetwork,
  decision,
  type LossName,
  losses,
  type StageWeights,
  staged,
} from '../src/index.ts'

interface LossCase {
  loss: LossName
  y: number[][]
  F: number[][]
  h: number[][]
  initial: number[]
  residuals: number[][]
  rho: number
  value: number
}

const within = { absolute: 1e-15, relative: 1e-12 }

describe.each(golden<LossCase[]>(import.meta.url, 'losses.json'))('the loss $loss', (given) => {
  const loss = losses[given.loss]

  test('has the recorded residuals, value and Newton step', () => {
    const r = loss.residuals(given.y, given.F)
    near(r.data, given.residuals.flat(), within)
    near(loss.value(given.y, given.F), given.value, within)
    near(loss.newtonStep(r, given.h), given.rho, within)
  })

  test('begins at the recorded constants', () => {
    if (given.loss === 'softmax') expect(given.initial).toEqual([0, 0, 0, 0])
    else near(loss.initial(given.y), given.initial, within)
  })
})

interface BaseCase {
  X: number[][]
  R: number[][]
  l2: number
  J: number
  W: number[][]
  b: number[]
  V: number[][]
  c: number[]
  value: number
  gradW: number[][]
  gradB: number[]
  gradV: number[][]
  gradC: number[]
}

test.each(golden<BaseCase[]>(import.meta.url, 'base.json'))('value and gradient of a stage, J = $J', (given) => {
  const objective = baseObjective(given.X, given.R, { units: given.J, l2: given.l2 })
  const gradient = new Float64Array(objective.size)
  const within = { absolute: 1e-12, relative: 1e-12 }
  near(objective.valueAndGradient(objective.flatten(given), gradient), given.value, within)
  const { W, b, V, c } = objective.weights(gradient)
  near(W.data, given.gradW.flat(), within)
  near(b, given.gradB, within)
  near(V.data, given.gradV.flat(), within)
  near(c, given.gradC, within)
})

interface RunCase {
  data: string
  loss: LossName
  X: number[][]
  y: number[][]
  units: number
  J: number
  eta: number
  l2: number
  gdSteps: number
  gdRate: number
  initial: number[]
  stages: {
    subset: number[]
    init: StageWeights
    rho: number
    loss: number
    fitted: { W: number[][]; b: number[]; V: number[][]; c: number[] }
  }[]
  F: number[][]
  network: { W: number[][]; b: number[]; V: number[][]; c: number[] }
  stagedFirst5: number[][][]
}

describe.each(golden<RunCase[]>(import.meta.url, 'boosting.json'))('boosting $data', (given) => {
  const problem = { X: given.X, y: given.y }
  const solution = boostedNetwork(problem, {
    loss: given.loss,
    units: given.units,
    neuronsPerStep: given.J,
    learningRate: given.eta,
    l2: given.l2,
    inner: 'gradient-descent',
    innerIterations: given.gdSteps,
    innerRate: given.gdRate,
    safeguard: false,
    starts: given.stages.map(({ init }) => init),
    subsets: given.stages.map(({ subset }) => subset),
  })
  const within = { absolute: 1e-10, relative: 1e-10 }

  test('takes the recorded steps', () => {
    expect([solution.status, solution.iterations]).toEqual(['completed', given.stages.length])
    near(
      solution.steps,
      given.stages.map(({ rho }) => rho),
      within,
    )
    near(
      solution.losses.slice(1),
      given.stages.map(({ loss }) => loss),
      within,
    )
    near(solution.decision.data, given.F.flat(), within)
  })

  test('assembles the recorded network', () => {
    const { W, b, V, c } = solution.network
    near(W.data, given.network.W.flat(), within)
    near(b, given.network.b, within)
    near(V.data, given.network.V.flat(), within)
    near(c, given.network.c, within)
    near(decision(solution.network, given.X).data, given.F.flat(), within)
    given.stages.forEach(({ fitted, rho }, t) => {
      const from = t * given.J
      near(b.slice(from, from + given.J), fitted.b, within)
      const k = given.initial.length
      near(
        V.data.slice(from * k, (from + given.J) * k),
        fitted.V.flat().map((v) => rho * v),
        within,
      )
    })
  })

  test('switches units off with the bias of their time', () => {
    const all = staged(solution.network, given.X.slice(0, 5))
    near(all[0].data, Array(5).fill(given.initial).flat(), within)
    given.stagedFirst5.forEach((F, t) => {
      near(all[t + 1].data, F.flat(), within)
      const cut = decision(solution.network, given.X.slice(0, 5), { units: (t + 1) * given.J })
      expect(cut.data).toEqual(all[t + 1].data)
    })
  })
})
