import { matrixView, oneOf, refuse } from '@opt/core'
import { checkReal } from '../data/intake.ts'
import { backwardSeparately } from '../passes/gradient.ts'
import { squaredNorms } from '../passes/squared-norms.ts'
import type { Real } from '../real.ts'
import type { BatchRunner, GivenExamples } from './batch-runner.ts'
import { GradientGram } from './gram.ts'
import type { WeightOptions } from './loss-options.ts'
import { resultRows } from './results.ts'

/** The layers whose parameters a per-example gradient is taken in. */
export type NormLayers = 'all' | 'last' | 'each'

/** Options of {@link DenseNetwork.perExampleGradientNorms}. */
export interface NormOptions extends WeightOptions {
  /** 'all' (default) or 'last': one norm per example; 'each': one per example and layer. */
  layers?: NormLayers | undefined
  /** The array to write the norms to. */
  out?: Float64Array | undefined
}

/** Refuses networks in training with DropConnect, whose gradients of single examples are no outer products. */
export function checkOuterProducts({ noisy, net }: BatchRunner): void {
  if (noisy && net.noise?.onWeights)
    refuse('training', 'false for gradients of single examples with DropConnect', 'true')
}

/** See {@link DenseNetwork.perExampleLosses}. */
export function exampleLosses(run: BatchRunner, examples: GivenExamples): Float64Array {
  const losses = new Float64Array(examples.count)
  run.forEachSeparately(examples, (start, { n }) => {
    for (let i = 0; i < n; i++) losses[start + i] = run.loss.ofRow(i, 1)
  })
  return losses
}

/** See {@link DenseNetwork.perExampleGradientNorms}. */
export function gradientNorms(
  run: BatchRunner,
  examples: GivenExamples,
  { layers = 'all', out }: NormOptions,
): Float64Array {
  oneOf(layers, 'layers', ['all', 'last', 'each'])
  checkOuterProducts(run)
  const { squares, layers: all } = run.net
  const depth = all.length
  const lowest = layers === 'last' ? depth - 1 : 0
  const each = layers === 'each'
  const norms = new Float64Array(each ? examples.count * depth : examples.count)
  if (out !== undefined) checkReal(out, norms.length, 'out')
  run.forEachSeparately(examples, (start, pass) => {
    squaredNorms(pass, lowest)
    for (let i = 0; i < pass.n; i++) {
      let sum = 0
      for (let l = lowest; l < depth; l++) {
        sum += squares[i * depth + l]
        if (each) norms[(start + i) * depth + l] = Math.sqrt(squares[i * depth + l])
      }
      if (!(sum < Infinity)) refuse(`inputs[${start + i}]`, 'an example whose squared gradient is finite', `${sum}`)
      if (!each) norms[start + i] = Math.sqrt(sum)
    }
  })
  out?.set(norms)
  return out ?? norms
}

/** See {@link DenseNetwork.inputGradient}. */
export function inputGradients(run: BatchRunner, examples: GivenExamples, out: Real | undefined): Real {
  const { scratch, inputCount } = run.net
  const result = resultRows(run, out, examples, inputCount)
  run.forEachSeparately(examples, (start, pass) => {
    backwardSeparately(pass, { out: matrixView(scratch, pass.n, inputCount) })
    result.set(scratch.subarray(0, pass.n * inputCount), start * inputCount)
  })
  return result
}

/** See {@link DenseNetwork.perExampleInnerProducts}. */
export function gradientProducts(run: BatchRunner, examples: GivenExamples): Float64Array {
  checkOuterProducts(run)
  const { outputCount } = run.net
  const gram = new GradientGram(run.net, examples.count, 1)
  run.forEachSeparately(examples, (start, pass) => {
    gram.add(pass, start)
    gram.outputRows.set(pass.last.delta.subarray(0, pass.n * outputCount), start * outputCount)
  })
  return gram.products()
}

/** See {@link DenseNetwork.ntk}. */
export function ntk(run: BatchRunner, examples: GivenExamples): Float64Array {
  const { outputCount } = run.net
  const gram = new GradientGram(run.net, examples.count, outputCount)
  run.forEachPredicted(examples, (start, pass) => gram.add(pass, start))
  const { outputRows } = gram
  for (let row = 0; row < examples.count * outputCount; row++) outputRows[row * outputCount + (row % outputCount)] = 1
  return gram.products()
}
