import { allocate, gemmScratch, type Kernels, type Views } from '@opt/core'
import type { Activation } from './activations.ts'
import { type Architecture, type LayerViews, layerViews, parameterCount } from './layout.ts'
import type { Loss } from './losses.ts'
import { type Precision, type Products, productsOf, type Real } from './real.ts'

/** What batch normalisation of one layer works with. Column statistics are float64 in either precision. */
export interface Norm {
  /** (u - mean) r, examples x outputs. */
  readonly normalized: Real
  readonly normalizedTangent: Real
  readonly mean: Float64Array
  readonly variance: Float64Array
  /** r = 1 / sqrt(variance + 1e-5) of the last forward pass. */
  readonly rate: Float64Array
  /** How r moves along a tangent: R{r} = -r drift. */
  readonly drift: Float64Array
  readonly runningMean: Float64Array
  readonly runningVariance: Float64Array
  /** Column sums. */
  readonly sums: readonly Float64Array[]
}

/** One layer's numbers of a pass: matrices are row-major, one example a row. R{.} is the derivative along a tangent. */
export interface LayerBuffers {
  readonly parameters: LayerViews
  readonly gradients: LayerViews
  readonly tangents: LayerViews
  readonly products: LayerViews
  /** What comes in: the activations of the layer before, or the inputs. */
  readonly input: Real
  /** R{input}; null for the inputs. */
  readonly inputTangent: Real | null
  /** s = x W + b, normalised where there is batch normalisation. */
  readonly s: Real
  readonly sTangent: Real
  /** phi(s); s itself in the last layer. */
  readonly a: Real
  readonly aTangent: Real
  /** The derivative of the loss in s, then in x W + b. */
  readonly delta: Real
  readonly deltaTangent: Real
  readonly norm: Norm | null
}

/** All that passes over at most `batch` examples work on, in one piece of memory. */
export interface Buffers {
  readonly architecture: Architecture
  readonly precision: Precision
  readonly batch: number
  readonly activation: Activation
  readonly loss: Loss
  readonly kernels: Kernels
  readonly products: Products
  readonly parameters: Real
  readonly gradients: Real
  readonly tangent: Real
  readonly product: Real
  readonly inputs: Real
  readonly targets: Real
  readonly ones: Real
  /** As large as the largest layer's activations. */
  readonly scratch: Real
  readonly work: Real
  /** Squared norms, examples x layers. */
  readonly squares: Float64Array
  readonly layers: readonly LayerBuffers[]
}

function normBuffers(real: (n: number) => Real, batch: number, outputs: number): Norm {
  const column = () => new Float64Array(outputs)
  return {
    normalized: real(batch * outputs),
    normalizedTangent: real(batch * outputs),
    mean: column(),
    variance: column(),
    rate: column(),
    drift: column(),
    runningMean: column(),
    runningVariance: column().fill(1),
    sums: [column(), column(), column(), column()],
  }
}

/** The plan runs twice (see allocate of the core); the views of the second time are the real ones. */
function plan(views: Views, architecture: Architecture, batch: number, precision: Precision) {
  const real = (n: number): Real => (precision === 'float64' ? views.f64(n) : views.f32(n))
  const { sizes, batchNorm } = architecture
  const count = parameterCount(architecture)
  const widest = Math.max(...sizes)
  let work = 0
  for (let l = 1; l < sizes.length; l++) {
    const [a, b] = [sizes[l - 1], sizes[l]]
    work = Math.max(work, gemmScratch(batch, b, a), gemmScratch(a, b, batch), gemmScratch(batch, a, b))
  }
  const perLayer = sizes.slice(1).map((outputs, i) => {
    const hidden = i < sizes.length - 2
    const rows = () => real(batch * outputs)
    const s = rows()
    const sTangent = rows()
    return {
      ...{ s, sTangent, a: hidden ? rows() : s, aTangent: hidden ? rows() : sTangent, delta: rows() },
      deltaTangent: rows(),
      norm: hidden && batchNorm ? normBuffers(real, batch, outputs) : null,
    }
  })
  return {
    parameters: real(count),
    gradients: real(count),
    tangent: real(count),
    product: real(count),
    inputs: real(batch * sizes[0]),
    targets: real(batch * sizes[sizes.length - 1]),
    ones: real(batch),
    scratch: real(batch * widest),
    work: real(work),
    perLayer,
  }
}

export function makeBuffers(
  architecture: Architecture,
  batch: number,
  precision: Precision,
  activation: Activation,
  loss: Loss,
): Buffers {
  const { perLayer, kernels, ...flat } = allocate((views) => plan(views, architecture, batch, precision))
  flat.ones.fill(1)
  const parameters = layerViews(architecture, flat.parameters)
  const gradients = layerViews(architecture, flat.gradients)
  const tangents = layerViews(architecture, flat.tangent)
  const products = layerViews(architecture, flat.product)
  const layers = perLayer.map((own, i) => ({
    ...own,
    parameters: parameters[i],
    gradients: gradients[i],
    tangents: tangents[i],
    products: products[i],
    input: i === 0 ? flat.inputs : perLayer[i - 1].a,
    inputTangent: i === 0 ? null : perLayer[i - 1].aTangent,
  }))
  return {
    ...{ architecture, batch, precision, activation, loss, kernels, layers },
    ...flat,
    squares: new Float64Array(batch * layers.length),
    products: productsOf(kernels, precision),
  }
}
