import { type ExperimentContext, lbfgs, type Random, random } from '@opt/core'
import { boRep } from '../bo-rep.ts'
import type { BoRepOptions } from '../options.ts'
import { type CoshToy, coshToy } from '../problems/cosh-toy.ts'
import { trackingBound } from '../theory.ts'
import { most } from './measures.ts'

const D = 10
const NOISE = 0.2
const CAP = 8000
const DISTANCES = { quick: [4, 8, 12, 14], standard: [4, 8, 10, 12, 14], full: [4, 6, 8, 10, 12, 14] }
/** Eigenvalues of A are 1 to 4. */
const GAMMA = 0.2
const OPTIONS: BoRepOptions = {
  gamma: GAMMA,
  nu: 0.1,
  period: 5,
  inner: 3,
  refine: { step: 0.2, steps: 20, radius: 5, epochs: 3 },
}

interface Instance {
  problem: CoshToy
  a: Float64Array
  signs: Float64Array
  best: number
  /** Norm of A^-1 B, the Lipschitz constant of y*, from above (Frobenius). */
  kappa: number
}

const normals = (rng: Random, n: number, deviation = 1) =>
  Float64Array.from({ length: n }, () => rng.normal(0, deviation))

/** A with eigenvalues 1 to 4 in random directions, everything else normal. */
function draw(rng: Random): Instance {
  const basis: Float64Array[] = []
  while (basis.length < D) {
    const v = normals(rng, D)
    for (const q of basis) {
      const product = q.reduce((sum, value, j) => sum + value * v[j], 0)
      for (let j = 0; j < D; j++) v[j] -= product * q[j]
    }
    const size = Math.sqrt(v.reduce((sum, value) => sum + value * value, 0))
    basis.push(v.map((value) => value / size))
  }
  const A = Array.from({ length: D }, (_, i) =>
    Float64Array.from({ length: D }, (_, j) =>
      basis.reduce((sum, q, l) => sum + (1 + (3 * l) / (D - 1)) * q[i] * q[j], 0),
    ),
  )
  const B = Array.from({ length: D }, () => normals(rng, D, 1 / Math.sqrt(D)))
  const [b, a, t] = [normals(rng, D), normals(rng, D), normals(rng, D)]
  const problem = coshToy({ A, B, b, a, t })
  const { value } = lbfgs(
    (x, gradient) => {
      const exact = problem.hyperobjective(x)
      ;(gradient as Float64Array).set(exact.gradient)
      return exact.value
    },
    a,
    { tolerance: 1e-9, history: false },
  )
  const origin = problem.solution(new Float64Array(D))
  let square = 0
  for (let j = 0; j < D; j++) {
    const y = problem.solution(Float64Array.from({ length: D }, (_, i) => (i === j ? 1 : 0)))
    for (let i = 0; i < D; i++) square += (y[i] - origin[i]) * (y[i] - origin[i])
  }
  const signs = Float64Array.from({ length: D }, () => (rng.uniform() < 0.5 ? -1 : 1))
  return { problem, a, signs, best: value, kappa: Math.sqrt(square) }
}

const startAt = ({ a, signs }: Instance, r: number) => ({
  x: a.map((value, j) => value + r * signs[j]),
  y: new Float64Array(D),
})

/** Steps until Phi is within .2 of its minimum, looked at every 10; Infinity beyond the cap. */
function stepsToReach(instance: Instance, r: number, options: BoRepOptions, seed: number, cap = CAP): number {
  const { problem, best } = instance
  const batches = problem.noise(random(seed), NOISE)
  let state: Parameters<typeof boRep>[1] = startAt(instance, r)
  for (let k = 10; k <= cap; k += 10) {
    const answer = boRep(problem, state, {
      ...OPTIONS,
      ...options,
      batches,
      tolerance: 0,
      maxIterations: 10,
      history: false,
    })
    if (answer.status === 'diverged') return Infinity
    if (problem.hyperobjective(answer.x).value - best <= 0.2) return k
    state = answer
  }
  return Infinity
}

/** The best of 17 steps of momentum without normalisation. */
function tuned(instance: Instance, r: number, seed: number): { steps: number; power: number } {
  let [steps, power] = [Infinity, 0]
  for (let p = 2; p <= 18; p++) {
    const reached = stepsToReach(instance, r, { eta: 1 / (1 << p), normalized: false }, seed, Math.min(CAP, steps))
    if (reached < steps) [steps, power] = [reached, p]
  }
  return { steps, power }
}

const shown = (steps: number) => (steps === Infinity ? `> ${CAP}` : String(steps))

/** A: distance from the solution, with walls that rise exponentially. */
export async function walls(context: ExperimentContext, from: number, to: number): Promise<void> {
  const instance = draw(random(1000 + context.seed))
  const rows: (string | number)[][] = []
  const distances = DISTANCES[context.scale]
  const found: { r: number; fine: number; coarse: number; momentum: number }[] = []
  for (const [i, r] of distances.entries()) {
    await context.progress(from + ((to - from) * i) / distances.length, `walls, distance ${r}`)
    const fine = stepsToReach(instance, r, { eta: 0.05 }, context.seed)
    const coarse = stepsToReach(instance, r, { eta: 0.1 }, context.seed)
    const { steps, power } = tuned(instance, r, context.seed)
    found.push({ r, fine, coarse, momentum: steps })
    rows.push([r, shown(fine), shown(coarse), shown(steps), steps === Infinity ? 'none' : `2^-${power}`])
  }
  context.table({
    title: 'A. Steps to reach Phi - Phi* <= 0.2 from a distance of r in each of 10 coordinates, noise 0.2',
    columns: ['r', 'BO-REP, eta .05', 'BO-REP, eta .1', 'momentum, best of 17 steps', 'its step'],
    rows,
  })
  const x = found.map(({ r }) => r)
  const curve = (label: string, pick: (one: (typeof found)[0]) => number) => ({
    label,
    x,
    y: found.map((one) => Math.min(CAP, pick(one))),
  })
  context.figure({
    kind: 'line',
    title: 'Steps needed by the distance of the start',
    x: { label: 'r' },
    y: { label: 'steps', scale: 'log' },
    series: [
      curve('BO-REP, eta 0.05', ({ fine }) => fine),
      curve('BO-REP, eta 0.1', ({ coarse }) => coarse),
      curve('momentum, best step for each r', ({ momentum }) => momentum),
    ],
  })
  const ratios = found.map(({ r, fine }) => (fine * 0.05) / (Math.sqrt(D) * r))
  context.claim({
    claim: 'walls: eta .05 reaches the valley from every distance, in steps within 25 % of sqrt(d) r / eta',
    paper: 'no step size of plain descent suits both the walls and the valley',
    ours: `${Math.min(...ratios).toFixed(2)} to ${most(ratios).toFixed(2)} of it`,
    pass: ratios.every((ratio) => ratio >= 0.75 && ratio <= 1.25),
  })
  const far = found.filter(({ r }) => r >= 12)
  context.claim({
    claim:
      'walls: from 12 and more, BO-REP with eta .05 needs at least 2.5 times fewer steps than momentum with its best step',
    paper: 'faster than methods without normalisation',
    ours: far
      .map(({ momentum, fine }) =>
        momentum === Infinity ? `> ${(CAP / fine).toFixed(1)}` : (momentum / fine).toFixed(1),
      )
      .join(', '),
    pass: far.every(({ momentum, fine }) => Math.min(CAP, momentum) >= 2.5 * fine),
  })
  const near = found.find(({ r }) => r === 8)!
  context.claim({
    claim: 'walls: from 8, tuned momentum is the faster one',
    paper: '',
    ours: `${shown(near.momentum)} steps, BO-REP ${near.fine}`,
    pass: null,
  })
  tracking(context, instance)
}

/** On all data y stays within the bound, whatever the walls do. */
function tracking(context: ExperimentContext, instance: Instance): void {
  const { problem, kappa } = instance
  const shares: number[] = []
  for (const [eta, period] of [
    [0.05, 2],
    [0.05, 10],
    [0.2, 5],
  ]) {
    const { x } = startAt(instance, 12)
    const options: BoRepOptions = { ...OPTIONS, eta, period, refine: null }
    const bound = trackingBound({ kappa, eta, period, contraction: (1 - GAMMA) * (1 - GAMMA) * (1 - GAMMA) })
    let state: Parameters<typeof boRep>[1] = { x, y: problem.solution(x) }
    let worst = 0
    for (let k = 0; k < 200; k++) {
      const answer = boRep(problem, state, { ...options, tolerance: 0, maxIterations: 1, history: false })
      const exact = problem.solution(answer.x)
      worst = Math.max(
        worst,
        Math.sqrt(exact.reduce((sum, value, j) => sum + (value - answer.y[j]) * (value - answer.y[j]), 0)),
      )
      state = answer
    }
    shares.push(worst / bound)
  }
  context.claim({
    claim: 'walls: y never leaves the tracking bound kappa I eta / (1 - rho) of y*(x), whatever the size of gradients',
    paper: 'the error of y is of order eta I',
    ours: `at most ${shares.map((share) => share.toFixed(2)).join(', ')} of it`,
    pass: most(shares) <= 1,
  })
}
