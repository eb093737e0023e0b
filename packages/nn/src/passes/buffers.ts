import {
  activationKernels,
  allocate,
  gemmScratch,
  type MatrixKernels,
  matrixKernels,
  type Random,
  type ScanKernels,
  scanKernels,
  type VectorKernels,
  type Views,
  vectorKernels,
} from '@opt/core'
import { type Activation, onKernels } from '../layers/activations.ts'
import { BatchNorm } from '../layers/batch-norm.ts'
import { LayerNoise, type NoiseRates, type NoisyInputs, type NoisyWeights } from '../layers/layer-noise.ts'
import type { Loss } from '../layers/losses.ts'
import { Noise } from '../layers/noise.ts'
import { type Architecture, layerViews, type ParameterViews, parameterCount } from '../layers/parameters.ts'
import { reluKernels } from '../layers/relu.ts'
import type { Precision, Real } from '../real.ts'

/** The arrays of one layer: rows of examples, row-major. R{.} is the derivative along the direction. */
export interface LayerBuffers extends ParameterViews {
  /** The activations of the layer below, or the inputs. */
  readonly input: Real
  /** R{input}; null for the inputs unless they have a tangent. */
  readonly inputTangent: Real | null
  /** s = x W + b, normalized if there is batch normalization. */
  readonly s: Real
  readonly sTangent: Real
  /** phi(s); s itself in the last layer. */
  readonly a: Real
  readonly aTangent: Real
  /** dloss/ds, then dloss/d(x W + b). */
  readonly delta: Real
  readonly deltaTangent: Real
  readonly norm: BatchNorm | null
  readonly noise: LayerNoise | null
}

/** What a network is made of. */
export interface NetworkSettings {
  readonly architecture: Architecture
  readonly activation: Activation
  readonly loss: Loss
  readonly dtype: Precision
  readonly batch: number
  /** The generator that noise is drawn from; null without noise. */
  readonly random: Random | null
}

/** Everything that passes over at most `batch` examples work on, in one piece of memory. */
export interface Buffers extends NetworkSettings {
  readonly inputCount: number
  readonly outputCount: number
  /** The activation, on kernels where it has some. */
  readonly phi: Activation
  readonly kernels: VectorKernels & ScanKernels & MatrixKernels
  readonly layers: readonly LayerBuffers[]
  readonly noise: Noise | null
  readonly parameters: Real
  readonly gradients: Real
  /** v of a Hessian- or Gauss-Newton-vector product. */
  readonly direction: Real
  /** The Hessian-vector product. */
  readonly product: Real
  readonly inputs: Real
  /** R{inputs}, for passes in which they have one. */
  readonly inputsTangent: Real
  readonly targets: Real
  readonly ones: Real
  /** As large as the activations of the largest layer. */
  readonly scratch: Real
  /** For matrix products. */
  readonly work: Real
  /** Squared norms, examples x layers. */
  readonly squares: Float64Array
}

export function makeBuffers({ architecture, activation, loss, dtype, batch, random }: NetworkSettings): Buffers {
  const { sizes, noise: rates } = architecture
  const { rows, kernels, ...flat } = allocate(
    [vectorKernels, scanKernels, matrixKernels, activationKernels, reluKernels],
    (views) => layout(views, architecture, batch, dtype),
  )
  flat.ones.fill(1)
  const parameters = layerViews(architecture, flat.parameters)
  const gradients = layerViews(architecture, flat.gradients)
  const direction = layerViews(architecture, flat.direction)
  const product = layerViews(architecture, flat.product)
  const layers = rows.map(({ normalized, normalizedTangent, noisyInputs, noisyWeights, ...own }, l): LayerBuffers => {
    const views = {
      parameters: parameters[l],
      gradients: gradients[l],
      direction: direction[l],
      product: product[l],
    }
    return {
      ...own,
      ...views,
      input: l === 0 ? flat.inputs : rows[l - 1].a,
      inputTangent: l === 0 ? null : rows[l - 1].aTangent,
      noise: noisyInputs || noisyWeights ? new LayerNoise(rates![l], views, noisyInputs, noisyWeights) : null,
      norm: normalized && new BatchNorm(views, normalized, normalizedTangent as Real),
    }
  })
  return {
    architecture,
    activation,
    loss,
    dtype,
    batch,
    random,
    noise:
      random &&
      new Noise(
        layers.flatMap(({ noise }) => noise ?? []),
        batch,
        random,
      ),
    inputCount: sizes[0],
    outputCount: sizes[sizes.length - 1],
    phi: onKernels(activation, kernels, flat.parameters.buffer),
    kernels,
    layers,
    ...flat,
    squares: new Float64Array(batch * layers.length),
  }
}

/** Runs twice, see `allocate` of @opt/core; the views of the second run count. */
function layout(views: Views, architecture: Architecture, batch: number, dtype: Precision) {
  const real = (n: number): Real => (dtype === 'float64' ? views.f64(n) : views.f32(n))
  const { sizes, batchNorm } = architecture
  const count = parameterCount(architecture)
  let work = 0
  for (let l = 1; l < sizes.length; l++) {
    const [a, b] = [sizes[l - 1], sizes[l]]
    work = Math.max(work, gemmScratch(batch, b, a), gemmScratch(a, b, batch), gemmScratch(batch, a, b))
  }
  const rows = sizes.slice(1).map((outputs, i) => {
    const hidden = i < sizes.length - 2
    const activations = () => real(batch * outputs)
    const s = activations()
    const sTangent = activations()
    return {
      ...noiseLayout(real, batch, sizes[i], outputs, architecture.noise?.[i]),
      s,
      sTangent,
      a: hidden ? activations() : s,
      aTangent: hidden ? activations() : sTangent,
      delta: activations(),
      deltaTangent: activations(),
      normalized: hidden && batchNorm ? activations() : null,
      normalizedTangent: hidden && batchNorm ? activations() : null,
    }
  })
  return {
    rows,
    parameters: real(count),
    gradients: real(count),
    direction: real(count),
    product: real(count),
    inputs: real(batch * sizes[0]),
    inputsTangent: real(batch * sizes[0]),
    targets: real(batch * sizes[sizes.length - 1]),
    ones: real(batch),
    scratch: real(batch * Math.max(...sizes)),
    work: real(work),
  }
}

function noiseLayout(
  real: (n: number) => Real,
  batch: number,
  inputs: number,
  outputs: number,
  rates: NoiseRates | undefined,
): { noisyInputs: NoisyInputs | null; noisyWeights: NoisyWeights | null } {
  const { dropout = 0, gaussianNoise = 0, dropConnect = 0 } = rates ?? {}
  const rows = () => real(batch * inputs)
  const weights = () => real(inputs * outputs)
  return {
    noisyInputs:
      dropout > 0 || gaussianNoise > 0
        ? {
            keep: dropout > 0 ? rows() : null,
            added: gaussianNoise > 0 ? rows() : null,
            input: rows(),
            inputTangent: rows(),
          }
        : null,
    noisyWeights:
      dropConnect > 0 ? { keep: weights(), weight: weights(), direction: weights(), scratch: weights() } : null,
  }
}
