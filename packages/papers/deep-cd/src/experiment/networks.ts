import type { ExperimentContext } from '@opt/core'
import { conjugateGradient } from '../baselines/conjugate-gradient.ts'
import { dcdm } from '../dcdm.ts'
import { multiLevelNetwork } from '../network/multi-level.ts'
import type { Network } from '../network/network.ts'
import { paperNetwork } from '../network/paper-network.ts'
import { pretrained } from '../pretrained.ts'
import { poisson3d } from '../problems/poisson.ts'
import { rightHandSide } from '../problems/right-hand-sides.ts'
import { ritzDataset } from '../ritz/ritz-dataset.ts'
import { trainDirections } from '../training.ts'
import { domain, trained, trainingSet } from './setting.ts'

/** Iterations of a network on the box and round the discs; a '*' says that conjugate gradients had to take over. */
function countsOf(network: Network, size: number, seed: number): string {
  const counts = [false, true].map((obstacles) => {
    const { A, shape, noise: b } = domain(size, obstacles, seed)
    const { iterations, rescuedAfter } = dcdm(A, b, { direction: network.direction(shape) })
    return `${iterations}${rescuedAfter === undefined ? '' : '*'}`
  })
  return counts.join(' / ')
}

/** Experiment B: other networks and other training. */
export async function networks({ scale, seed, table, note, progress }: ExperimentContext): Promise<void> {
  const full = scale === 'full'
  const paper = () => {
    const network = paperNetwork({ dimension: 2, channels: full ? 16 : 8, seed })
    trainDirections(network, [trainingSet(32, 4, seed)], { steps: full ? 1500 : 500, learningRate: 1e-3, seed })
    return network
  }
  const small = [16, 16] as const
  const list: [string, () => Network][] = [
    ['linear, C = 4, 1500 steps, 16² + 32² + 64²: pretrained()', pretrained],
    ['linear, C = 4, 400 steps, 16² + 32²', () => trained(seed, {}, [small, [32, 8]]).network],
    ['linear, C = 4, 400 steps, 32² alone', () => trained(seed, {}, [[32, 8]]).network],
    ['max(0, .), C = 4, 400 steps, 16² + 32²', () => trained(seed, { activation: 'relu' }, [small, [32, 8]]).network],
    ['linear, C = 8, 400 steps, 16² + 32² + 64²', () => trained(seed, { channels: 8 }).network],
    [`the paper's two levels in 2-D, C = ${full ? 16 : 8}, 32² alone`, paper],
  ]
  const sizes = full ? [32, 64, 128, 256] : [32, 64, 128]
  const rows: string[][] = []
  for (const [k, [name, make]] of list.entries()) {
    await progress(0.85 + 0.02 * k, name)
    const network = make()
    rows.push([name, ...sizes.map((size) => countsOf(network, size, seed))])
  }
  table({
    title: 'Other networks: iterations on the box / round 3 discs; *: conjugate gradients took over',
    columns: ['network', ...sizes.map((size) => `${size}²`)],
    rows,
  })
  note('Independence of the size needs training on two sizes at least, and max(0, .) buys nothing on this problem.')
}

/** Three dimensions, small sizes: trained on 8^3 and 16^3, solved up to 32^3. */
export async function threeDimensions({ scale, seed, table, progress }: ExperimentContext): Promise<void> {
  await progress(0.97, 'three dimensions')
  const sets = [8, 16].map((size, k) => {
    const { A, shape } = poisson3d({ size })
    return { A, shape, samples: ritzDataset(A, { vectors: 100, count: 200, seed: seed + size }), batch: [8, 1][k] }
  })
  const network = multiLevelNetwork({ dimension: 3, seed })
  trainDirections(network, sets, { steps: scale === 'full' ? 400 : 200, seed })
  const rows = [8, 16, 32].map((size) => {
    const problem = poisson3d({ size, discs: [[0.4, 0.5, 0.5, 0.2]] })
    const b = rightHandSide('noise', problem, seed)
    const { iterations, rescuedAfter } = dcdm(problem.A, b, { direction: network.direction(problem.shape) })
    const star = rescuedAfter === undefined ? '' : '*'
    return [`${size}³, a ball`, `${iterations}${star}`, conjugateGradient(problem.A, b).iterations]
  })
  table({ title: 'Three dimensions, trained on empty boxes of 8³ and 16³', columns: ['domain', 'DCDM', 'CG'], rows })
}
