import type { ExperimentContext, Series } from '@opt/core'
import { conjugateGradient } from '../baselines/conjugate-gradient.ts'
import { deflatedCG } from '../baselines/deflated-cg.ts'
import { incompleteCholesky } from '../baselines/incomplete-cholesky.ts'
import { multigrid } from '../baselines/multigrid.ts'
import { dcdm } from '../dcdm.ts'
import { domain, trained } from './setting.ts'

/** At most so many iterations of a network trained in experiment A, and at least so many times fewer than CG. */
const BARS: Record<number, { most: number; fewer: number; reference: string }> = {
  32: { most: 10, fewer: 6, reference: '4 to 8' },
  64: { most: 12, fewer: 10, reference: '4 to 9' },
  128: { most: 14, fewer: 17, reference: '5 to 10' },
  256: { most: 18, fewer: 26, reference: '5 to 11' },
}

/** Experiment A: trains in seconds on small empty boxes, then solves on larger ones and round obstacles. */
export async function compare({ scale, seed, claim, table, figure, note, progress }: ExperimentContext): Promise<void> {
  await progress(0.02, 'training')
  const { network, losses } = trained(seed)
  const sizes = [32, 64, 128, 256]
  const rows: (string | number)[][] = []
  const curves: Series[] = []
  for (const [k, size] of sizes.entries()) {
    const counts: number[] = []
    let ratio = Infinity
    for (const obstacles of [false, true]) {
      const { A, shape, noise: b, name } = domain(size, obstacles, seed)
      await progress(0.3 + 0.1 * k, name)
      const ours = dcdm(A, b, { direction: network.direction(shape) })
      counts.push(ours.status === 'converged' && ours.rescuedAfter === undefined ? ours.iterations : Infinity)
      // The largest box adds nothing that the discs do not show, and takes a second.
      const rest = scale !== 'quick' || size < 256
      const plain = rest || obstacles ? conjugateGradient(A, b) : undefined
      if (plain) ratio = Math.min(ratio, plain.iterations / counts[counts.length - 1])
      const preconditioned = rest ? conjugateGradient(A, b, { preconditioner: incompleteCholesky(A) }) : undefined
      const deflated = scale !== 'quick' || size < 128 ? deflatedCG(A, b) : undefined
      const cycle = rest ? conjugateGradient(A, b, { preconditioner: multigrid(A, shape) }) : undefined
      const cells = [ours, plain, preconditioned, deflated, cycle].map((run) => run?.iterations ?? '-')
      rows.push([name, ...cells])
      if (size === 128 && obstacles)
        for (const [label, run] of Object.entries({
          DCDM: ours,
          CG: plain,
          'IC(0) CG': preconditioned,
          'multigrid CG': cycle,
        }))
          if (run)
            curves.push({
              label,
              x: run.history.map(({ iteration }) => iteration),
              y: run.history.map(({ error }) => error),
            })
    }
    const { most, fewer, reference } = BARS[size]
    claim({
      claim: `${size}²: at most ${most} iterations, on the box and round unseen obstacles`,
      paper: `few, independent of the size (reference ${reference})`,
      ours: counts.join(' and '),
      pass: Math.max(...counts) <= most,
    })
    claim({
      claim: `${size}²: CG takes at least ${fewer} times as many iterations`,
      paper: 'many times as many',
      ours: `${ratio.toFixed(1)} times`,
      pass: ratio >= fewer,
    })
  }
  table({
    title: 'Iterations to |r| <= 1e-4 |b|, b of noise; trained on empty boxes of 16², 32² and 64²',
    columns: ['domain', 'DCDM', 'CG', 'IC(0) CG', 'deflated CG (16)', 'multigrid CG'],
    rows,
  })
  figure({
    kind: 'line',
    title: 'Relative residual at 128², 3 discs',
    x: { label: 'iteration' },
    y: { label: '|r| / |b|', scale: 'log' },
    series: curves,
  })
  figure({
    kind: 'line',
    title: 'Training: the share of the residual that one direction leaves',
    x: { label: 'step' },
    y: { label: 'mean loss', scale: 'log' },
    series: [{ label: 'loss', x: losses.map((_, i) => i + 1), y: losses }],
  })
  note(
    'What does not carry over: a network call costs 1620 floating-point operations a cell, an iteration of CG about 20, of multigrid CG about 90. Counted so, DCDM overtakes CG near 512² and never multigrid CG, which takes 9 to 16 iterations.',
  )

  await progress(0.75, 'the window')
  const { A, shape, noise: b } = domain(64, true, seed)
  const direction = network.direction(shape)
  const windows = [0, 1, 2, Infinity].map((orthogonalize) => dcdm(A, b, { direction, orthogonalize }).iterations)
  claim({
    claim: 'one stored direction is worth having, more are not: k = 0, 1, 2, all at 64², 3 discs',
    paper: 'k = 2 (reference 12, 9, 9, 8)',
    ours: windows.join(', '),
    pass: null,
  })
}
