import { matrixView } from '@opt/core'
import type { BatchRunner, GivenExamples } from '../oracles/batch-runner.ts'
import { backwardSeparately } from '../passes/gradient.ts'
import type { Matrix, Pass } from '../passes/pass.ts'
import type { Real } from '../real.ts'
import { CHUNK, type Kept } from './kept.ts'
import { type Pattern, patternWriter, writeActive } from './pattern.ts'

/** The inputs of a chunk: a matrix, or what is not zero of it by rows and by columns. */
export type ChunkInputs = { readonly X: Matrix } | { readonly rows: Pattern; readonly columns: Pattern }

/** What a product works on in one layer of a chunk. */
export interface ChunkLayer {
  /** The activations of the layer below, and their tangents; null in the first layer. */
  readonly A: Matrix | null
  readonly ATangent: Matrix | null
  readonly slope: Real | null
  readonly curvature: Real | null
  readonly D: Matrix | null
  readonly STangent: Matrix
  readonly DTangent: Matrix
  readonly W: Matrix
  readonly WDirection: Matrix
  readonly WProduct: Matrix
}

/** At most {@link CHUNK} examples. */
export interface Chunk {
  readonly n: number
  readonly inputs: ChunkInputs
  readonly layers: readonly ChunkLayer[]
  /** The places of the active units below the head. */
  readonly active: Int32Array | null
  readonly outputs: Real
  readonly targets: Real
  readonly shares: Real
  /** The examples of weight 0: they take no part, even if their outputs are infinite. */
  readonly silent: readonly number[]
}

/** Runs forward and back over examples, keeps what products need of them, and cuts it into chunks. */
export function prepare(kept: Kept, run: BatchRunner, examples: GivenExamples): Chunk[] {
  const { head, width, output, outputs, targets, shares, views } = kept
  const { count, weights } = examples
  // The Gauss-Newton matrix needs no derivative of the loss.
  if (kept.matrix === 'hessian') run.meanLoss(examples, (pass, _, start) => keepPass(kept, pass, start))
  else run.forEachAsInLoss(examples, (start, pass) => keepPass(kept, pass, start))
  kept.parameters.set(run.net.parameters)
  if (head) copyRows(views[views.length - 1].parameters.weight, run.net.outputCount, head.weights, width)
  output.keep(count, run.net.outputCount, width, outputs)
  for (let i = 0; i < count; i++) shares[i] = (weights ? weights[i] : 1) / count
  const cutInputs = inputsOf(kept, examples)
  let used = 0
  return Array.from({ length: Math.ceil(count / CHUNK) }, (_, c): Chunk => {
    const start = c * CHUNK
    const n = Math.min(CHUNK, count - start)
    const rows = (x: Real, columns: number) => x.subarray(start * columns, (start + n) * columns)
    const layers = kept.layers.map((_, l) => chunkLayer(kept, l, n, rows))
    let active: Int32Array | null = null
    if (head) {
      const { inputs } = views[views.length - 1].parameters
      active = writeActive(n, inputs, layers[layers.length - 2].slope as Real, head.active.subarray(used))
      used += active.length
    }
    return {
      n,
      inputs: cutInputs(start, n),
      layers,
      active,
      outputs: rows(outputs, width),
      targets: rows(targets, width),
      shares: rows(shares, 1),
      silent: Array.from({ length: n }, (_, i) => i).filter((i) => shares[start + i] === 0),
    }
  })
}

function chunkLayer(kept: Kept, l: number, n: number, rows: (x: Real, columns: number) => Real): ChunkLayer {
  const { layers, views, width } = kept
  const { slope, curvature, delta, sTangent, deltaTangent } = layers[l]
  const { parameters, direction, product } = views[l]
  const { inputs, outputs } = parameters
  const units = l < layers.length - 1 ? outputs : width
  const below = l > 0 ? layers[l - 1] : null
  const weights = (data: Real) => matrixView(data, inputs, outputs)
  return {
    A: below && matrixView(rows(below.a as Real, inputs), n, inputs),
    ATangent: below && matrixView(below.aTangent, n, inputs),
    slope: slope && rows(slope, units),
    curvature: curvature && rows(curvature, units),
    D: delta && matrixView(rows(delta, units), n, units),
    STangent: matrixView(sTangent, n, units),
    DTangent: matrixView(deltaTangent, n, units),
    W: weights(parameters.weight),
    WDirection: weights(direction.weight),
    WProduct: weights(product.weight),
  }
}

/** Keeps what a forward pass found in examples from `start` on, and, for the Hessian, the derivatives of the loss. */
function keepPass({ layers, outputs, targets, width, matrix, settings }: Kept, pass: Pass, start: number): void {
  const { net, n, last } = pass
  const { activation } = settings
  /** Rows of this pass of an array of units of layer l. */
  const rowsOf = (x: Real, l: number) => {
    const units = l < layers.length - 1 ? pass.layers[l].S.columns : width
    return x.subarray(start * units, (start + n) * units)
  }
  const keep = (from: Real, to: Real, l: number) => {
    const { columns } = pass.layers[l].S
    const rows = rowsOf(to, l)
    copyRows(from.subarray(0, n * columns), columns, rows, rows.length / n)
  }
  keep(last.s, outputs, layers.length - 1)
  if (targets.length > 0) keep(net.targets, targets, layers.length - 1)
  layers.forEach(({ a, slope }, l) => {
    const { S, s, a: values } = pass.layers[l]
    if (a) keep(values, a, l)
    if (slope) activation.timesSlope(n * S.columns, s, values, rowsOf(slope, l).fill(1))
  })
  if (matrix === 'gauss-newton') return
  const visit = (l: number) => {
    const { curvature } = layers[l]
    if (!curvature) return
    const { S, s, a, delta } = pass.layers[l]
    keep(delta, curvature, l)
    activation.timesCurvature?.(n * S.columns, s, a, rowsOf(curvature, l))
  }
  backwardSeparately(pass, { lowest: activation.timesCurvature ? 0 : 1, visit })
  layers.forEach(({ delta }, l) => {
    if (delta) keep(pass.layers[l].delta, delta, l)
  })
}

/** Copies rows of `columns` numbers to rows of at least as many. */
export function copyRows(from: Real, columns: number, to: Real, width: number): void {
  if (columns === width) {
    to.set(from)
    return
  }
  for (let at = 0, row = 0; at < from.length; row += width) for (let j = row; j < row + columns; j++) to[j] = from[at++]
}

/** Copies the first `columns` numbers of rows of at least as many. */
export function copyBack(to: Real, columns: number, from: Real, width: number): void {
  for (let at = 0, row = 0; at < to.length; row += width) for (let j = row; j < row + columns; j++) to[at++] = from[j]
}

/** Keeps the inputs, and returns how to cut n of them from `start` on. */
function inputsOf({ inputs, views }: Kept, { inputs: x }: GivenExamples): (start: number, n: number) => ChunkInputs {
  const { inputs: p } = views[0].parameters
  if ('all' in inputs) {
    const { all } = inputs
    all.set(x)
    return (start, n) => ({ X: matrixView(all.subarray(start * p, (start + n) * p), n, p) })
  }
  const byRows = patternWriter(x, inputs.places[0], inputs.values[0])
  const byColumns = patternWriter(x, inputs.places[1], inputs.values[1])
  return (start, n) => ({
    rows: byRows({ m: n, p, from: start * p, row: p, column: 1 }),
    columns: byColumns({ m: p, p: n, from: start * p, row: 1, column: p }),
  })
}
