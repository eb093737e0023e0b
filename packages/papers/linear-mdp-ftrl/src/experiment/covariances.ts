import { type ExperimentContext, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { symmetricEigen } from '@opt/curvature'
import ndarray, { type NdArray } from 'ndarray'
import { geometricSize, inverseCovariance } from '../estimation/covariance.ts'
import { draw } from '../worlds/dynamics.ts'
import { linearMdp } from '../worlds/linear-mdp.ts'
import { gameWorlds } from './game-worlds.ts'

const REPEATS = 20
/** gamma, n, and the prototype's errors: direct, MGR, MGR with its best N. */
const CELLS: [gamma: number, n: number, direct: number, geometric: number | undefined, best: number, full?: boolean][] =
  [
    [0.1, 1000, 0.046, 0.11, 0.099],
    [0.1, 10_000, 0.016, 0.036, 0.042],
    [0.03, 1000, 0.08, 0.308, 0.132],
    [0.03, 10_000, 0.027, 0.091, 0.061],
    [0.01, 1000, 0.105, undefined, 0.179],
    [0.01, 10_000, 0.035, 0.212, 0.094],
    [0.01, 100_000, 0.011, 0.065, 0.028, true],
  ]
const CHAINS = [10, 30, 100, 300, 1000]

/** The two estimates of (Sigma + gamma I)^-1 from equally many samples. */
export async function covariances(context: ExperimentContext, start: number, end: number): Promise<void> {
  const full = context.scale === 'full'
  const mdp = linearMdp(gameWorlds(1)[0].data)
  const { horizon: H, states: S, actions: A, dimension: d, phi } = mdp
  const uniform = new Float64Array(H * S * A).fill(1 / A)
  const sigma = mdp.covariance(uniform).pick(H - 1, null, null) as NdArray<Float64Array>
  const occupancy = mdp.occupancy(uniform)
  const pairs = Float64Array.from({ length: S * A }, (_, k) => occupancy.get(H - 1, Math.floor(k / A)) / A)
  const rng = random(context.seed)
  const sample = (n: number): NdArray<Float64Array> => {
    const rows = new Float64Array(n * d)
    for (let k = 0; k < n; k++) {
      const row = ((H - 1) * S * A + draw(pairs, 0, S * A, rng.uniform())) * d
      for (let i = 0; i < d; i++) rows[k * d + i] = phi[row + i]
    }
    return ndarray(rows, [n, d])
  }
  const cells = CELLS.filter(([, , , , , large]) => full || !large)
  const table: (string | number)[][] = []
  const errors = new Map<string, { direct: number; geometric: number | undefined }>()
  for (const [k, [gamma, n, ...prototype]] of cells.entries()) {
    await context.progress(start + ((end - start) * k) / cells.length, 'inverse covariances')
    const root = rootOf(sigma, gamma)
    const { chain } = geometricSize({ regularization: gamma })
    const samples = Array.from({ length: REPEATS }, () => sample(n))
    const error = (options: object) =>
      mean(samples.map((rows) => distance(root, inverseCovariance(rows, { regularization: gamma, ...options }))))
    const direct = error({})
    const geometric = chain <= n ? error({ method: 'geometric', chain }) : undefined
    const best = full
      ? Math.min(
          ...CHAINS.filter((length) => length <= n).map((length) => error({ method: 'geometric', chain: length })),
        )
      : undefined
    errors.set(`${gamma} ${n}`, { direct, geometric })
    table.push([
      gamma,
      n,
      direct.toFixed(3),
      geometric?.toFixed(3) ?? `none: N = ${chain}`,
      best?.toFixed(3) ?? '',
      prototype
        .slice(0, 3)
        .map((v) => v ?? 'none')
        .join(', '),
    ])
  }
  context.table({
    title: `Error of the inverse covariance, mean of ${REPEATS}`,
    columns: ['gamma', 'samples', 'direct', 'geometric', 'geometric, best N', 'prototype'],
    rows: table,
  })
  const ratios = [...errors.values()].filter(({ geometric }) => geometric !== undefined)
  const worst = Math.max(...ratios.map(({ direct, geometric }) => direct / geometric!))
  context.claim({
    claim: 'The direct inverse has at most .6 of the error of geometric resampling from equally many samples',
    paper: '1 / gamma^2 samples in the place of 1 / gamma^4',
    ours: `at most ${worst.toFixed(2)}`,
    pass: worst <= 0.6,
  })
  const [few, many] = [errors.get('0.01 1000')!.direct, errors.get('0.01 10000')!.geometric!]
  context.claim({
    claim: 'At gamma = .01 the direct inverse of 1000 samples is better than geometric resampling of 10,000',
    paper: '',
    ours: `${few.toFixed(3)} against ${many.toFixed(3)}`,
    pass: few < many,
  })
}

/** Returns R with R' R = Sigma + gamma I, as (eigenvalue)^(1/2) times the eigenvector in each row. */
function rootOf(sigma: NdArray<Float64Array>, gamma: number): number[][] {
  const d = sigma.shape[0]
  const { values, vectors } = symmetricEigen(
    Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => sigma.get(i, j) + (i === j ? gamma : 0))),
  )
  return Array.from({ length: d }, (_, k) =>
    Array.from({ length: d }, (_, i) => Math.sqrt(values[k]) * vectors!.get(i, k)),
  )
}

/** Returns the spectral norm of R (G + G') / 2 R' - I. */
function distance(R: number[][], G: NdArray<Float64Array>): number {
  const d = R.length
  const M = R.map((r, i) =>
    R.map((s, j) => {
      let sum = i === j ? -1 : 0
      for (let k = 0; k < d; k++) for (let l = 0; l < d; l++) sum += r[k] * ((G.get(k, l) + G.get(l, k)) / 2) * s[l]
      return sum
    }),
  )
  return Math.max(...Array.from(symmetricEigen(M).values, Math.abs))
}
