import type { ExperimentContext } from '@opt/core'
import { a9a, type SparseClassification } from '@opt/datasets'
import ndarray from 'ndarray'
import {
  adagradDiagonal,
  adagradNorm,
  ball,
  box,
  comparators,
  type Learner,
  logisticStream,
  oftrl,
  ogd,
  seaConvex,
  seaDynamic,
  seaExpConcave,
} from '../index.ts'

const [R, FEATURES] = [20, 123]
const SCALE = 1 / Math.sqrt(15)

interface Row {
  name: string
  make: () => Learner
  /** Golden total of all 16281 rows and errors, where there is one. */
  total?: number
  errors?: number
}

function rows(rounds: number): Row[] {
  const domain = ball({ dimension: FEATURES + 1, radius: R })
  const cube = box({ dimension: FEATURES + 1, lower: -R, upper: R })
  const [G, L] = [1, 0.25]
  return [
    { name: 'seaConvex', make: () => seaConvex({ domain, G, L }), total: 5716.894215659214, errors: 2655 },
    {
      name: 'seaDynamic',
      make: () => seaDynamic({ domain, G, L, horizon: rounds }),
      total: 5584.869242637943,
      errors: 2569,
    },
    { name: 'oftrl', make: () => oftrl({ domain, G, L }), total: 5588.1054230576, errors: 2592 },
    { name: 'ogd', make: () => ogd({ domain, G }), total: 5632.137831149689, errors: 2584 },
    {
      name: 'adagradNorm, k = R / sqrt 2',
      make: () => adagradNorm({ domain, k: R / Math.SQRT2 }),
      total: 5631.646771224091,
      errors: 2578,
    },
    {
      name: 'seaExpConcave, beta = 0.3 (tuned)',
      make: () => seaExpConcave({ domain, G, beta: 0.3 }),
      total: 5420.822293825801,
      errors: 2487,
    },
    { name: 'seaExpConcave, beta = 1 (tuned)', make: () => seaExpConcave({ domain, G, beta: 1 }) },
    {
      name: 'adagradDiagonal, k = 0.5 (tuned), on the cube of side 2 R',
      make: () => adagradDiagonal({ domain: cube, k: 0.5 }),
    },
  ]
}

/** What other programs reached on the same stream, measured earlier; not run here. */
const PEERS: [string, string][] = [
  ['Vowpal Wabbit, defaults', '0.3325'],
  ['Vowpal Wabbit, ftrl', '0.3399'],
  ['Vowpal Wabbit, coin', '0.3445'],
  ['River, AdaGrad (best of 5)', '0.3354'],
  ['River, FTRL', '0.3357'],
  ['River, Adam', '0.3447'],
]

/**
 * Progressive validation on LIBSVM's a9a.t, in the file's order.
 *
 * @throws DataAbsentError (code OPT_DATA_ABSENT) when the file is not there.
 */
export async function a9aStream(context: ExperimentContext, at: number, share: number): Promise<void> {
  const data = await a9a({ folder: context.dataFolder })
  const list = rows(data.rows)
  const table: (string | number)[][] = []
  for (const [k, { name, make, total, errors }] of list.entries()) {
    await context.progress(at + (share * k) / (list.length + 1), `a9a, ${name}`)
    const stream = logisticStream({ learner: make(), scale: SCALE })
    for (let i = 0; i < data.rows; i++) stream.see(exampleOf(data, i))
    // With a tuned beta the certificate of seaExpConcave holds for losses more curved than these.
    const certificate = stream.learner.name === 'seaExpConcave' ? undefined : stream.learner.certificate()
    table.push([
      name,
      (stream.total / data.rows).toFixed(4),
      `${((100 * stream.errors) / data.rows).toFixed(1)} %`,
      certificate === undefined ? '' : certificate.toFixed(0),
    ])
    if (total === undefined) continue
    const off = Math.abs(stream.total - total) / total
    context.claim({
      claim: `a9a: ${name} reaches the reference total to 1e-7 and its errors to 2`,
      paper: `${total.toFixed(4)}, ${errors} errors`,
      ours: `${stream.total.toFixed(4)}, ${stream.errors} errors`,
      pass: off <= 1e-7 && Math.abs(stream.errors - errors!) <= 2,
    })
  }
  await context.progress(at + (share * list.length) / (list.length + 1), 'a9a, the best fixed weights')
  const best = comparators.logistic(denseRows(data), data.labels, { radius: R }).total
  context.claim({
    claim: 'a9a: the best fixed weights in the ball of radius 20 are found',
    paper: '5209.4819',
    ours: best.toFixed(4),
    pass: Math.abs(best - 5209.481903882005) < 1e-3,
  })
  context.table({
    title: `a9a.t, one pass in file order, R = ${R}: progressive log loss (best fixed weights: ${(best / data.rows).toFixed(4)})`,
    columns: ['learner', 'log loss', 'errors', 'certificate'],
    rows: [...table, ...PEERS.map(([name, loss]) => [`${name} (not run here)`, loss, '', ''])],
  })
  context.note(
    'a9a: level with the best, not ahead. No setting from the theory reaches Vowpal Wabbit’s default; the settings marked tuned are the best of several on this same stream, and the guarantee does not cover them. Differences below 0.001 mean nothing.',
  )
}

function exampleOf({ indptr, indices, values, labels }: SparseClassification, i: number) {
  const [from, to] = [indptr[i], indptr[i + 1]]
  return { label: labels[i], indices: indices.subarray(from, to), values: values.subarray(from, to) }
}

/** All examples as the stream scales them, the constant last. */
function denseRows(data: SparseClassification) {
  const width = FEATURES + 1
  const Z = new Float64Array(data.rows * width)
  for (let i = 0; i < data.rows; i++) {
    const { indices, values } = exampleOf(data, i)
    for (let k = 0; k < indices.length; k++) Z[i * width + indices[k]] = SCALE * values[k]
    Z[i * width + FEATURES] = SCALE
  }
  return ndarray(Z, [data.rows, width])
}
