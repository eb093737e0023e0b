import { oneOf, options as optionsOf, refuse } from '@opt/core'
import { GradientGram } from './gram.ts'
import { checkReal, type Inputs, type Targets } from './intake.ts'
import { inputGradients, squaredNorms } from './per-example.ts'
import type { Real } from './real.ts'
import type { Runner } from './runner.ts'

/** Which layers' parameters a per-example gradient is taken in. */
export type NormLayers = 'all' | 'last' | 'each'

/** Where norms go, and of which layers. */
export interface NormOptions {
  layers?: NormLayers
  out?: Float64Array
}

/** See {@link DenseNetwork.perExampleGradientNorms}. */
export function gradientNorms(
  run: Runner,
  inputs: Inputs,
  targets: Targets,
  options: NormOptions | undefined,
): Float64Array {
  const { layers = 'all', out } = optionsOf(options, 'perExampleGradientNorms: options')
  oneOf(layers, 'layers', ['all', 'last', 'each'])
  const { net } = run
  const depth = net.layers.length
  const lowest = layers === 'last' ? depth - 1 : 0
  const each = layers === 'each'
  const taken = run.take(inputs, targets)
  const norms = new Float64Array(each ? taken.total * depth : taken.total)
  if (out !== undefined) checkReal(out, norms.length, 'out')
  run.eachSingly(taken, (start, n) => {
    squaredNorms(net, n, lowest)
    const { squares } = net
    for (let i = 0; i < n; i++) {
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
export function gradientsInInputs(run: Runner, inputs: Inputs, targets: Targets, out?: Real): Real {
  const { net, inputs: d } = run
  const taken = run.take(inputs, targets)
  const result = run.rows(out, taken, d)
  run.eachSingly(taken, (start, n) => {
    inputGradients(net, n, net.scratch)
    result.set(net.scratch.subarray(0, n * d), start * d)
  })
  return result
}

/** See {@link DenseNetwork.perExampleInnerProducts}. */
export function gradientProducts(run: Runner, inputs: Inputs, targets: Targets): Float64Array {
  const { net, last, outputs } = run
  const taken = run.take(inputs, targets)
  const gram = new GradientGram(net, taken.total, 1)
  run.eachSingly(taken, (start, n) => {
    gram.keep(start, n)
    gram.outputRows.set(last.delta.subarray(0, n * outputs), start * outputs)
  })
  return gram.products()
}

/** See {@link DenseNetwork.ntk}. */
export function tangentKernel(run: Runner, inputs: Inputs): Float64Array {
  const { net, outputs } = run
  const taken = run.take(inputs, null)
  const gram = new GradientGram(net, taken.total, outputs)
  run.eachSingly(taken, (start, n) => gram.keep(start, n))
  const { outputRows } = gram
  for (let row = 0; row < taken.total * outputs; row++) outputRows[row * outputs + (row % outputs)] = 1
  return gram.products()
}
