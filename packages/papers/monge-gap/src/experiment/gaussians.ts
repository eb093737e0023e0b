import { type Random, random } from '@opt/core'
import { type ExperimentContext, median } from '@opt/core/experiment'
import { learn, relativeGap } from './run.ts'

/** A. Between two normal distributions the optimal map is known: S^(1/2) x + (2, 2). */
export async function gaussians(context: ExperimentContext, from: number, to: number): Promise<void> {
  const { scale, seed, claim, table, figure, progress, signal } = context
  const steps = scale === 'quick' ? 300 : 600
  const strengths = scale === 'quick' ? [0, 1] : [0, 0.03, 0.3, 1, 10]
  const problem = normals(random(seed))
  const tests = source(scale === 'quick' ? 300 : 1000, random(seed + 1000))
  const rows: (string | number)[][] = []
  const curves: { label: string; x: number[]; y: number[] }[] = []
  const measured = new Map<number, { uvp: number; gap: number }>()
  for (const [k, strength] of strengths.entries()) {
    await progress(from + ((to - from) * k) / strengths.length, `normal distributions, strength ${strength}`)
    const options = { strength, batchSize: 128, epsilonGap: problem.epsilonGap, epsilonFitting: problem.epsilonFitting }
    const learned = await learn({ x: source, z: problem.target, d: 2, steps, seed, signal, options })
    const images = learned.map(tests)
    let error = 0
    tests.forEach((x, i) => {
      const [u, v] = problem.map(x)
      error += (images.get(i, 0) - u) * (images.get(i, 0) - u) + (images.get(i, 1) - v) * (images.get(i, 1) - v)
    })
    const uvp = (100 * error) / tests.length / problem.trace
    const gap = relativeGap(learned, tests)
    measured.set(strength, { uvp, gap })
    rows.push([
      strength,
      `${uvp.toFixed(2)} %`,
      gap.toExponential(1),
      median(learned.history.slice(-50).map(({ fit }) => fit)).toFixed(3),
    ])
    const kept = learned.history.filter((_, step) => step % 10 === 0)
    curves.push({
      label: `strength ${strength}`,
      x: kept.map((_, step) => 10 * step),
      y: kept.map(({ fit }) => Math.max(fit, 1e-4)),
    })
  }
  table({
    title: `Two normal distributions in the plane, ${steps} fresh batches of 128`,
    columns: ['strength', 'error of the map (L2-UVP)', 'exact gap / W', 'fit'],
    rows,
  })
  figure({
    kind: 'line',
    title: 'The fit falls as far with the gap as without',
    x: { label: 'step' },
    y: { label: 'Sinkhorn divergence', scale: 'log' },
    series: curves,
  })
  const [plain, gapped] = [measured.get(0)!, measured.get(1)!]
  claim({
    claim: 'with the Monge gap the fitted map is the optimal one (error at most 3 %, exact gap at most 0.1 % of W)',
    paper: 'maps that are close to optimal for the chosen cost',
    ours: `${gapped.uvp.toFixed(2)} %, ${(100 * gapped.gap).toFixed(3)} %`,
    pass: gapped.uvp <= 3 && gapped.gap <= 1e-3,
  })
  claim({
    claim: 'without it, a map that fits the target as well is far from optimal (error at least 20 %, gap at least 5 %)',
    paper: 'fitting alone does not lead to an optimal map',
    ours: `${plain.uvp.toFixed(0)} %, ${(100 * plain.gap).toFixed(0)} %`,
    pass: plain.uvp >= 20 && plain.gap >= 0.05,
  })
}

const source = (count: number, rng: Random): number[][] =>
  Array.from({ length: count }, () => [rng.normal(), rng.normal()])

/** N((2, 2), S) with S = A A' / 2 + 0.3 I, A standard normal, and the regularisation of its first sample. */
function normals(rng: Random) {
  const [a, b, c, d] = [rng.normal(), rng.normal(), rng.normal(), rng.normal()]
  const [s, t, u] = [(a * a + b * b) / 2 + 0.3, (a * c + b * d) / 2, (c * c + d * d) / 2 + 0.3]
  // The root of a 2 x 2 matrix: (S + sqrt(det) I) / sqrt(trace + 2 sqrt(det)).
  const root = Math.sqrt(s * u - t * t)
  const by = Math.sqrt(s + u + 2 * root)
  const map = ([x, y]: readonly number[]): [number, number] => [
    ((s + root) * x + t * y) / by + 2,
    (t * x + (u + root) * y) / by + 2,
  ]
  return {
    map,
    target: (count: number, random: Random) => source(count, random).map(map),
    trace: s + u,
    // 0.1 and 0.02 times the mean squared distances of independent points.
    epsilonFitting: 0.1 * 2 * (s + u),
    epsilonGap: 0.02 * (s + u + 2 + 8),
  }
}
