import { type ExperimentContext, random } from '@opt/core'
import type { AttentionBatch, AttentionHead } from '../head.ts'
import { loraGradients } from '../lora-gradients.ts'
import { cost, crossover } from '../theory/cost.ts'
import { short, worstError } from './errors.ts'
import { asMatrix } from './problem.ts'
import { H } from './tokens.ts'

const TRIED = [
  { label: 'exact', method: 'exact', degree: 0 },
  { label: 'reverse 1', method: 'reverse', degree: 1 },
  { label: 'reverse 3', method: 'reverse', degree: 3 },
  { label: 'chained 3', method: 'chained', degree: 3 },
] as const

/** Returns a random problem of h = h_V = 8 with small logits. */
export function randomProblem(length: number, seed: number): { head: AttentionHead; batch: AttentionBatch } {
  const rng = random(seed)
  const draw = (rows: number, columns: number, scale: number) =>
    asMatrix(
      Float64Array.from({ length: rows * columns }, () => scale * rng.normal()),
      rows,
    )
  const adapter = () => ({ A: draw(4, H, 0.3), B: draw(16, 4, 0.05) })
  return {
    head: {
      weights: { Q: draw(16, H, 0.15), K: draw(16, H, 0.15), V: draw(16, H, 0.25) },
      adapters: { Q: adapter(), K: adapter(), V: adapter() },
    },
    batch: { query: draw(length, 16, 1), target: draw(length, H, 1) },
  }
}

/** B: work, time and error over the length; judged by counts of multiplications. */
export async function growthPart(
  { seed, claim, table, figure, progress }: ExperimentContext,
  lengths: readonly number[],
): Promise<void> {
  const rows: (string | number)[][] = []
  const seconds = TRIED.map((): number[] => [])
  const errors = TRIED.map((): number[] => [])
  for (const [i, length] of lengths.entries()) {
    await progress(0.5 + (0.15 * i) / lengths.length, `${length} tokens`)
    const { head, batch } = randomProblem(length, seed)
    const answers = TRIED.map(({ method, degree }, k) => {
      const start = performance.now()
      const answer = loraGradients(head, batch, { method, degree: degree || 3 })
      seconds[k].push((performance.now() - start) / 1000)
      return answer
    })
    answers.forEach(({ gradients }, k) => {
      errors[k].push(worstError(gradients, answers[0].gradients))
    })
    rows.push([length, ...TRIED.flatMap((_, k) => [short(seconds[k][i]), ...(k > 0 ? [short(errors[k][i])] : [])])])
  }
  table({
    title: 'Seconds and relative errors over the length, h = h_V = 8',
    columns: ['tokens', 'exact', 'reverse 1', 'error', 'reverse 3', 'error', 'chained 3', 'error'],
    rows,
  })
  const sizes = (length: number) => ({ queries: length, keys: length, h: H, hv: H })
  const work = (k: number) => lengths.map((length) => cost(sizes(length), TRIED[k].method, TRIED[k].degree))
  for (const [title, label, y] of [
    ['Multiplications over the length', 'multiplications', work],
    ['Measured time over the length', 'seconds', (k: number) => seconds[k]],
  ] as const)
    figure({
      kind: 'line',
      title,
      caption: `Counted, reverse 3 pays from ${crossover(H, H, 'reverse', 3)} tokens on, chained 3 from ${crossover(H, H, 'chained', 3)}.`,
      x: { label: 'tokens', scale: 'log' },
      y: { label, scale: 'log' },
      series: TRIED.map(({ label: name }, k) => ({ label: name, x: [...lengths], y: y(k) })),
    })
  figure({
    kind: 'line',
    title: 'Error over the length',
    caption: 'Exact gradients have none.',
    x: { label: 'tokens', scale: 'log' },
    y: { label: 'relative error', scale: 'log' },
    series: TRIED.slice(1).map(({ label }, k) => ({ label, x: [...lengths], y: errors[k + 1] })),
  })
  const longest = lengths.at(-1)!
  const ratio = cost(sizes(4096), 'exact') / cost(sizes(4096), 'reverse', 3)
  claim({
    claim:
      'the multiplications of reverse 3 double with the length, those of exact gradients quadruple; 5 times fewer at 4096',
    paper: 'almost linear, L^(1 + o(1))',
    ours: `${short(ratio)} times fewer; error ${short(errors[2].at(-1)!)} at ${longest} tokens`,
    pass: ratio >= 5 && errors[2].at(-1)! < 0.05,
  })
}
