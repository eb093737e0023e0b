import { type ExperimentContext, random } from '@opt/core'
import ndarray from 'ndarray'
import { hermiteCoefficients, limitFeature } from '../theory.ts'
import { LINKS, quadraticScore, randomQuadratic } from './targets.ts'

/** A Monte Carlo estimate of the degree-2 part of g(p(x)) against its closed form. */
export async function limit(context: ExperimentContext): Promise<void> {
  const { scale, seed, claim, progress } = context
  await progress(0.97, 'theory')
  const d = 4
  const samples = scale === 'quick' ? 200_000 : 1_000_000
  const link = LINKS['z + He2/(2 sqrt 2) + He3/(2 sqrt 6)']
  const rng = random(50_000 + seed)
  const A = randomQuadratic(d, rng)
  const { matrix } = limitFeature(A, hermiteCoefficients(link, 3).subarray(1))
  const row = ndarray(new Float64Array(d), [1, d])
  const [sums, squares] = [new Float64Array(d * d), new Float64Array(d * d)]
  for (let s = 0; s < samples; s++) {
    for (let j = 0; j < d; j++) row.data[j] = rng.normal()
    const h = link(quadraticScore(A, row)[0])
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) {
        const value = (h * (row.data[i] * row.data[j] - (i === j ? 1 : 0))) / 2
        sums[i * d + j] += value
        squares[i * d + j] += value * value
      }
  }
  let worst = 0
  for (let k = 0; k < d * d; k++) {
    const mean = sums[k] / samples
    const error = Math.sqrt((squares[k] / samples - mean * mean) / samples)
    worst = Math.max(worst, Math.abs(mean - matrix.data[k]) / error)
  }
  claim({
    claim: `Theory: the degree-2 part of g(p(x)) is x'M x - tr M with M of limitFeature (${samples} samples, all entries within 5 standard errors)`,
    paper: "about E g'(z) p",
    ours: `${worst.toFixed(1)} standard errors`,
    pass: worst < 5,
  })
}
