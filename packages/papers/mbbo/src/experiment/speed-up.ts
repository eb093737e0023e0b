import { type ExperimentContext, random } from '@opt/core'
import { mean, median } from '@opt/core/experiment'
import { drawBlocks, gradients, type Method } from './noisy-blocks.ts'

const STEPS = 2000
const EVERY = 20
const RUNS = { quick: 3, standard: 5, full: 20 }
const BOTH = { quick: 2, standard: 5, full: 20 }
/** I and B of each row. */
const CELLS = [
  [1, 1],
  [2, 1],
  [5, 1],
  [10, 1],
  [2, 4],
  [2, 16],
]
const LEVEL = 0.05
const MOST_STEPS = 2500
/** Step sizes of the second table, relative to those of the first. */
const SCALES = [0.5, 1, 2, 4, 8]

/** A: what more blocks and larger batches in a step give. */
export async function speedUp(context: ExperimentContext, from: number, to: number): Promise<void> {
  const runs = RUNS[context.scale]
  const seeds = Array.from({ length: runs }, (_, s) => 100 * context.seed + s)
  const at = (share: number) => from + (to - from) * share
  const found = new Map<string, number[]>()
  for (const [c, [I, B]] of CELLS.entries()) {
    await context.progress(at((0.7 * c) / CELLS.length), `speed-up, I = ${I}, B = ${B}`)
    for (const method of ['version 2', 'soba'] as const)
      found.set(
        `${method} ${I} ${B}`,
        seeds.map((seed) => settled(seed, method, I, B)),
      )
  }
  const of = (method: Method, I: number, B: number) => found.get(`${method} ${I} ${B}`)!
  context.table({
    title: 'A. Mean of |grad Phi|^2 over the last 1000 of 2000 steps, m = 10 noisy quadratic blocks',
    columns: ['blocks I', 'batch B', 'BSVRB version 2', 'range', 'SOBA', 'range', 'ratio'],
    rows: CELLS.map(([I, B]) => {
      const [ours, theirs] = [of('version 2', I, B), of('soba', I, B)]
      return [I, B, short(mean(ours)), span(ours), short(mean(theirs)), span(theirs), short(mean(theirs) / mean(ours))]
    }),
  })

  const levels = [1, 2, 5, 10].map((I) => mean(of('version 2', I, 1)))
  context.claim({
    claim:
      'the more blocks a step samples, the smaller |grad Phi|^2 after as many steps; from I = 1 to 10 at least 5 times',
    paper: 'steps fall with I, by the factor I sqrt(I) where I < m',
    ours: `${levels.map(short).join(', ')}: ${short(levels[0] / levels[3])} times`,
    pass: levels.every((level, k) => k === 0 || level < levels[k - 1]) && levels[0] >= 5 * levels[3],
  })
  const [small, large] = [mean(of('version 2', 2, 1)), mean(of('version 2', 2, 16))]
  context.claim({
    claim: 'a larger batch gives a smaller |grad Phi|^2 (B = 1 and 16, I = 2)',
    paper: 'the part of the steps that is due to noise in samples falls by sqrt(B)',
    ours: `${short(small)}, ${short(large)}; the rest is due to the choice of blocks`,
    pass: large < small,
  })
  const better = [1, 2].flatMap((I) => of('soba', I, 1).map((value, s) => value / of('version 2', I, 1)[s]))
  context.claim({
    claim:
      'with few blocks a step (I = 1, 2), BSVRB is nearer to a solution than SOBA with the same steps, on each seed',
    paper: 'fewer steps than methods without variance reduction',
    ours: `SOBA has ${short(Math.min(...better))} to ${short(Math.max(...better))} times its |grad Phi|^2`,
    pass: Math.min(...better) > 1,
  })
  const all = mean(of('soba', 10, 1)) / mean(of('version 2', 10, 1))
  context.claim({
    claim: 'with all blocks in each step, variance reduction does not pay: a step needs twice the derivatives',
    paper: '',
    ours: `SOBA has ${short(all)} times its |grad Phi|^2`,
    pass: null,
  })

  await context.progress(at(0.7), 'speed-up, version 1')
  const some = seeds.slice(0, BOTH[context.scale])
  const ratios = [1, 10].map(
    (I) =>
      mean(some.map((seed) => settled(seed, 'version 1', I, 1))) / mean(of('version 2', I, 1).slice(0, some.length)),
  )
  context.claim({
    claim: 'both versions do the same: |grad Phi|^2 of version 1 is within a factor of 1.6 of that of version 2',
    paper: 'the same rates',
    ours: `${ratios.map(short).join(' and ')} times, I = 1 and 10`,
    pass: ratios.every((ratio) => ratio < 1.6 && ratio > 1 / 1.6),
  })

  const fewest: { steps: number; scale: number }[] = []
  for (const [c, [I, B]] of CELLS.slice(0, 4).entries()) {
    await context.progress(at(0.8 + 0.05 * c), `steps to a level, I = ${I}`)
    const tried = SCALES.map((scale) => ({
      scale,
      steps: median(seeds.map((seed) => reach(seed, scale, I, B))),
    }))
    fewest.push(tried.reduce((best, one) => (one.steps < best.steps ? one : best)))
  }
  context.table({
    title: `Steps until |grad Phi|^2 is at most ${LEVEL} on average over 100 steps, with the best of ${SCALES.length} step sizes, median of runs`,
    columns: ['blocks I', 'steps', 'tau', 'eta', 'steps times I'],
    rows: fewest.map(({ steps, scale }, c) => [CELLS[c][0], steps, 0.05 * scale, 0.02 * scale, steps * CELLS[c][0]]),
  })
  const counts = fewest.map(({ steps }) => steps)
  context.claim({
    claim: 'more blocks a step allow larger steps: from I = 1 to 10, at least 3 times fewer of them',
    paper: 'parallel speed-up: steps fall with I',
    ours: `${counts.join(', ')} steps, ${short(counts[0] / counts[3])} times fewer`,
    pass: counts.every((steps, k) => k === 0 || steps < counts[k - 1]) && counts[0] >= 3 * counts[3],
  })
}

/** The mean of |grad Phi|^2 over the second half of a run. */
function settled(seed: number, method: Method, I: number, B: number): number {
  const problem = drawBlocks(random(seed))
  const sampler = problem.noise({ blocksPerStep: I, batchSize: B, seed: seed + 50_000 })
  const found: number[] = []
  for (const value of gradients(problem, method, sampler, { every: EVERY, first: STEPS / 2 })) {
    found.push(value)
    if (found.length === STEPS / 2 / EVERY) return mean(found)
  }
  return Infinity
}

/** The number of steps until |grad Phi|^2 is small on average over 100 steps. */
function reach(seed: number, scale: number, I: number, B: number): number {
  const problem = drawBlocks(random(seed))
  const sampler = problem.noise({ blocksPerStep: I, batchSize: B, seed: seed + 50_000 })
  const found: number[] = []
  for (const value of gradients(problem, 'version 2', sampler, { every: EVERY, scale })) {
    found.push(value)
    if (found.length >= 5 && mean(found.slice(-5)) <= LEVEL) return EVERY * found.length
    if (EVERY * found.length >= MOST_STEPS || value > 1e6) break
  }
  return Infinity
}

const short = (value: number): string => String(Number(value.toPrecision(2)))
const span = (values: number[]): string => `${short(Math.min(...values))} to ${short(Math.max(...values))}`
