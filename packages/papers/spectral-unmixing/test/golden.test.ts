import { golden, near } from '@opt/testing'
import * as api from '../src/index.ts'

type Rows = number[][]
interface Run {
  loss: 'l21' | 'frobenius'
  guidance: number | 'learned' | 'hoyer' | 'data'
  lambda_: number
  sumToOne: number
  mu: number
  hmax: number
  monotone: boolean
  objective: number[]
  iterates: Record<string, { M: Rows; A: Rows; h: number[] }>
}
interface Case {
  L: number
  N: number
  K: number
  rows: number
  cols: number
  Y: Rows
  M: Rows
  A: Rows
  vca: { draws: Rows; snr: number; threshold: number; branch: string; indices: number[]; endmembers: Rows }
  bandNoise: number[]
  fcls: { M: Rows; A: Rows }
  start: { M: Rows; A: Rows }
  scale: { l21: number; frobenius: number }
  guidance: {
    hoyer: number[]
    learned: { mu: number; hmax: number; h: number[] }[]
    data: { h: number[]; sigma2: number }
  }
  metrics: { estimateM: Rows; estimateA: Rows; sadMatrix: Rows; meanSad: number; rmse: number }
  runs: Run[]
}

const cases = golden<Case[]>(import.meta.url, 'golden.json')
const { constant, data, hoyer, learned } = api
const column = (rows: Rows, k: number) => rows.map((row) => row[k])

describe.each(cases)('scene of $L bands, $N pixels and $K end-members', (scene) => {
  const { Y, K, rows, cols } = scene

  test('vca', () => {
    const { draws, ...expected } = scene.vca
    const found = api.vca(Y, K, { draws })
    expect(Array.from(found.indices)).toEqual(expected.indices)
    expect(found.branch).toBe(expected.branch)
    near(found.snr, expected.snr, { absolute: 1e-9 })
    near(found.threshold, expected.threshold, { absolute: 1e-12 })
    near(found.endmembers.data, expected.endmembers.flat(), { absolute: 1e-9 })
  })

  test('noise, abundances and start', () => {
    near(api.bandNoise(Y), scene.bandNoise, { absolute: 1e-10 })
    near(api.fcls(Y, scene.fcls.M).data, scene.fcls.A.flat(), { absolute: 1e-10 })
  })

  test('guidance', () => {
    near(api.hoyerSparsity(scene.A), scene.guidance.hoyer, { absolute: 1e-10 })
    for (const { mu, hmax, h } of scene.guidance.learned)
      near(api.guidanceMap(learned({ mu, hmax }), Y, scene.start.A), h, { absolute: 1e-10 })
    near(api.guidanceMap(data({ rows, columns: cols }), Y, scene.start.A), scene.guidance.data.h, { absolute: 1e-10 })
  })

  test('metrics', () => {
    const { estimateM, estimateA, sadMatrix, meanSad, rmse } = scene.metrics
    sadMatrix.forEach((row, i) => {
      row.forEach((angle, j) =>
        near(api.spectralAngle(column(scene.M, i), column(estimateM, j)), angle, { absolute: 1e-10 }),
      )
    })
    const { permutation, meanAngle } = api.matchEndmembers(estimateM, scene.M)
    near(meanAngle, meanSad, { absolute: 1e-10 })
    near(api.abundanceError(estimateA, scene.A, permutation), rmse, { absolute: 1e-10 })
  })

  test.each(scene.runs)('$loss with guidance $guidance', (run) => {
    const guidance =
      run.guidance === 'learned'
        ? learned({ mu: run.mu, hmax: run.hmax })
        : run.guidance === 'hoyer'
          ? hoyer({ hmax: run.hmax })
          : run.guidance === 'data'
            ? data({ rows, columns: cols, hmax: run.hmax })
            : constant(run.guidance)
    const initial = { endmembers: scene.start.M, abundances: scene.start.A }
    // The absolute lambda and rho of the file, in units of this start's scale.
    const once = api.unmix(Y, K, { initial, loss: run.loss, maxIterations: 1, sparsity: 1, sumToOne: 1 }).state
    const unit = run.loss === 'l21' ? once.unit : once.unit * once.unit
    const options = {
      initial,
      loss: run.loss,
      guidance,
      sparsity: run.lambda_ / (once.sparsity * unit),
      sumToOne: run.sumToOne / (once.sumToOne * unit),
      tolerance: 0,
    }
    const whole = api.unmix(Y, K, { ...options, maxIterations: run.objective.length })
    near(
      whole.history.map(({ objective }) => objective),
      run.objective,
      { absolute: 1e-10 },
    )
    for (const [t, { M, A, h }] of Object.entries(run.iterates)) {
      const found = api.unmix(Y, K, { ...options, maxIterations: Number(t) })
      near(found.endmembers.data, M.flat(), { absolute: 1e-10 })
      near(found.rawAbundances.data, A.flat(), { absolute: 1e-10 })
      near(found.guidance, h, { absolute: 1e-10 })
    }
    const falls = whole.history.every(
      ({ objective }, t) => t === 0 || objective <= whole.history[t - 1].objective * (1 + 1e-12),
    )
    expect(falls || !run.monotone).toBe(true)
  })
})
