import { type ExperimentContext, nrm2 } from '@opt/core'
import { conjugateGradient } from '../baselines/conjugate-gradient.ts'
import { dcdm } from '../dcdm.ts'
import { multiLevelNetwork } from '../network/multi-level.ts'
import { domain } from './setting.ts'

/** Whatever the network answers, the answer is right. */
export async function safeguards({ seed, claim, progress }: ExperimentContext): Promise<void> {
  await progress(0.8, 'bad networks')
  const { A, shape, noise: b } = domain(64, true, seed)
  const plain = conjugateGradient(A, b)
  const itself = dcdm(A, b, { direction: (r, out) => out.set(r), safeguard: false })
  const apart = Math.max(
    ...itself.history.slice(0, 60).map(({ error }, k) => Math.abs(error / plain.history[k].error - 1)),
  )
  claim({
    claim: 'with f(r) = r it is CG',
    paper: 'equal (reference: residuals to 3e-15)',
    ours: `${itself.iterations} and ${plain.iterations} iterations, residuals to ${apart.toExponential(0)}`,
    pass: Math.abs(itself.iterations - plain.iterations) <= 1 && apart < 1e-8,
  })
  const untrained = dcdm(A, b, { direction: multiLevelNetwork({ seed }).direction(shape) })
  const error = (x: Float64Array, exact: Float64Array) => nrm2(x.map((v, i) => v - exact[i])) / nrm2(exact)
  const exact = conjugateGradient(A, b, { tolerance: 1e-11 }).x
  claim({
    claim: 'an untrained network costs a few iterations, not the answer',
    paper: '(reference: 10 more than CG)',
    ours: `${untrained.iterations} against ${plain.iterations} of CG, error of x ${error(untrained.x, exact).toExponential(0)}`,
    pass:
      untrained.status === 'converged' &&
      untrained.iterations <= plain.iterations + 40 &&
      error(untrained.x, exact) < 0.01,
  })
  const nothing = dcdm(A, b, { direction: () => b.map(() => NaN), safeguard: false })
  claim({
    claim: 'a network that answers NaN leaves CG',
    paper: '',
    ours: `${nothing.iterations} iterations, ${nothing.fallbacks} of them without it`,
    pass: nothing.status === 'converged' && nothing.iterations === itself.iterations,
  })
}
