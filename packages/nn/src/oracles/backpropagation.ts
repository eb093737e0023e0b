import { matrixView, number, options as optionsOf, refuse, show } from '@opt/core'
import { checkFinite, finiteRows, type Inputs, setFinite, slice } from '../data/intake.ts'
import { backwardFrom, backwardSeparately } from '../passes/gradient.ts'
import type { Pass } from '../passes/pass.ts'
import { type Real, zeros } from '../real.ts'
import type { BatchRunner, GivenExamples } from './batch-runner.ts'
import { resultCopy, resultRows } from './results.ts'

/**
 * Derivatives of some quantity in the activations of one layer, by default in the outputs: one row per example, or a
 * function that returns the rows of one pass. It gets the activations, a view of as many rows, and the index of the
 * first example; it must not call the network.
 */
export type Cotangents = Inputs | ((activations: Real, first: number) => ArrayLike<number>)

/** Options of {@link DenseNetwork.backpropagate} and {@link DenseNetwork.backpropagateToInputs}. */
export interface BackpropagationOptions {
  /** The layer whose activations the cotangents are of, from 0 (default: the last, whose activations are the outputs). */
  layer?: number | undefined
  /** The array to write to. */
  out?: Real | undefined
}

/** See {@link DenseNetwork.backpropagate}. */
export function backpropagate(
  run: BatchRunner,
  examples: GivenExamples,
  cotangents: Cotangents,
  options: BackpropagationOptions | undefined,
): Real {
  const { layer, out } = checked(run, options)
  const load = loader(run, examples.count, cotangents, layer)
  const { gradients } = run.net
  gradients.fill(0)
  run.forEachAsInLoss(examples, (start, pass) => {
    load(pass, start)
    backwardFrom(pass, layer)
  })
  return resultCopy(run.net, gradients, out)
}

/** See {@link DenseNetwork.backpropagateToInputs}. */
export function backpropagateToInputs(
  run: BatchRunner,
  examples: GivenExamples,
  cotangents: Cotangents,
  options: BackpropagationOptions | undefined,
): Real {
  const { layer, out } = checked(run, options)
  const { scratch, inputCount, dtype } = run.net
  const load = loader(run, examples.count, cotangents, layer)
  const result = resultRows(run, out, examples, inputCount)
  // A function may be refused in a later pass, when nothing may have been written yet.
  const rows = typeof cotangents === 'function' ? zeros(result.length, dtype) : result
  run.forEachSeparately(examples, (start, pass) => {
    load(pass, start)
    backwardSeparately(pass, { top: layer, out: matrixView(scratch, pass.n, inputCount) })
    rows.set(scratch.subarray(0, pass.n * inputCount), start * inputCount)
  })
  if (rows !== result) result.set(rows)
  return result
}

/** See {@link DenseNetwork.activations}. */
export function activations(run: BatchRunner, examples: GivenExamples): Real[] {
  const all = perLayer(run, examples)
  run.forEachPredicted(examples, (start, pass) => {
    pass.layers.forEach(({ a, S }, l) => all[l].set(a.subarray(0, pass.n * S.columns), start * S.columns))
  })
  return all
}

/** See {@link DenseNetwork.activationGradients}. */
export function activationGradients(run: BatchRunner, examples: GivenExamples): Real[] {
  const all = perLayer(run, examples)
  run.forEachSeparately(examples, (start, pass) => {
    backwardSeparately(pass, {
      visit(l) {
        const { delta, D } = pass.layers[l]
        all[l].set(delta.subarray(0, pass.n * D.columns), start * D.columns)
      },
    })
  })
  return all
}

const perLayer = ({ net }: BatchRunner, { count }: GivenExamples): Real[] =>
  net.layers.map(({ parameters }) => zeros(count * parameters.outputs, net.dtype))

function checked({ net }: BatchRunner, given: BackpropagationOptions | undefined) {
  const top = net.layers.length - 1
  const { layer = top, out } = optionsOf(given, 'options', ['layer', 'out'])
  return { layer: number(layer, 'layer', { integer: true, min: 0, max: top }), out }
}

/** Returns a function that writes the cotangents of a pass to the layer's delta. */
function loader({ net }: BatchRunner, count: number, cotangents: Cotangents, layer: number) {
  const columns = net.layers[layer].parameters.outputs
  if (typeof cotangents !== 'function') {
    const rows = finiteRows(cotangents, count, columns, net.dtype, 'cotangents')
    return ({ n, layers }: Pass, start: number) =>
      layers[layer].delta.set(slice(rows, start * columns, (start + n) * columns))
  }
  return ({ n, layers }: Pass, start: number) => {
    const { a, delta } = layers[layer]
    const rows = cotangents(a.subarray(0, n * columns), start)
    if (rows?.length !== n * columns)
      refuse('cotangents', `a function that returns ${n} rows of ${columns} numbers, flat`, show(rows), 'type')
    if (setFinite(net, rows, delta)) return
    checkFinite(rows, columns, net.dtype, 'cotangents', start)
    delta.set(rows)
  }
}
