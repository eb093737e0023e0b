import { calling, number, options, refuse, show, vector } from '@opt/core'
import { type Activation, type DenseNetwork, elementwise, mlp } from '@opt/nn'
import type { HierarchicalModel } from './hierarchical-fit.ts'
import type { LayerwiseNetwork } from './layerwise/network.ts'
import { checkFeatures } from './layerwise/random-features.ts'
import { checkUnits } from './model/fit-checks.ts'
import { checkLink } from './model/fit-state.ts'
import type { Link } from './model/link.ts'
import { type PowerForm, powerForm } from './model/power-form.ts'
import { checkScore } from './model/score-checks.ts'

/** Scales of the arguments of an activation: far from 1 one of its two parts is all that counts. */
const LARGE = 1024
const SMALL = 1 / 1024

/** max(s, 0) + s^k: both layers' activations in one, for networks have one for all layers. */
function hingeAndPower(k: number): Activation {
  const power = (s: number, p: number) => {
    let product = 1
    for (let j = 0; j < p; j++) product *= s
    return product
  }
  return elementwise(
    `hinge + power ${k}`,
    (s) => Math.max(s, 0) + power(s, k),
    (s) => (s > 0 ? 1 : 0) + k * power(s, k - 1),
    (s) => k * (k - 1) * power(s, k - 2),
  )
}

/**
 * Makes a three-layer network of @opt/nn with the values of a score and a curve: linear forms of the inputs, ReLU units of
 * the score, the output.
 *
 * Since a network has one activation, it is max(s, 0) + s^k =: a(s), of which two units give each part:
 * s^k = (a(2 s) - 2 a(s)) / (2^k - 2), max(s, 0) = (2^k a(s) - a(2 s)) / (2^k - 2).
 */
export function networkOf(
  { degree, directions, weights }: PowerForm,
  link: Link,
  output: { scale: number; shift: number },
): DenseNetwork {
  const curve = curveUnits(link)
  const d = directions[0].length - 1
  if (degree === 1) {
    const network = mlp({ sizes: [d, curve.length, 1], loss: 'squared' })
    const [hidden, last] = network.layers()
    for (const [j, { slope, offset, weight }] of curve.entries()) {
      for (let i = 0; i < d; i++) hidden.weight[i * curve.length + j] = slope * directions[0][i]
      hidden.bias![j] = offset + slope * directions[0][d]
      last.weight[j] = weight * output.scale
    }
    last.bias![0] = output.shift + output.scale * link.coefficients[0]
    return network
  }
  const [powers, units] = [2 * directions.length, 2 * curve.length]
  const network = mlp({ sizes: [d, powers, units, 1], activation: hingeAndPower(degree), loss: 'squared' })
  const [first, second, last] = network.layers()
  let top = 1
  let large = 1
  for (let j = 0; j < degree; j++) {
    top *= 2
    large *= LARGE
  }
  for (const [r, direction] of directions.entries())
    for (const double of [0, 1]) {
      const column = 2 * r + double
      const factor = LARGE * (double + 1)
      for (let i = 0; i < d; i++) first.weight[i * powers + column] = factor * direction[i]
      first.bias![column] = factor * direction[d]
      const share = ((double ? 1 : -2) * weights[r]) / ((top - 2) * large)
      for (const [j, { slope }] of curve.entries())
        for (const twice of [0, 1]) second.weight[column * units + 2 * j + twice] = SMALL * (twice + 1) * slope * share
    }
  for (const [j, { offset, weight }] of curve.entries())
    for (const twice of [0, 1]) {
      second.bias![2 * j + twice] = SMALL * (twice + 1) * offset
      last.weight[2 * j + twice] = (output.scale * weight * (twice ? -1 : top)) / ((top - 2) * SMALL)
    }
  last.bias![0] = output.shift + output.scale * link.coefficients[0]
  return network
}

/** The curve as ReLU units relu(slope z + offset) of the score; its linear part is the difference of two. */
function curveUnits({ mean, deviation, signs, offsets, coefficients: c }: Link) {
  const unit = (sign: number, offset: number, weight: number) => {
    return { slope: sign / deviation, offset: offset - (sign * mean) / deviation, weight }
  }
  return [...signs.map((sign, j) => unit(sign, offsets[j], c[j + 2])), unit(1, 0, c[1]), unit(-1, 0, -c[1])]
}

function layerwiseNetwork({ features, featureWeights, scale, units, linkWeights }: LayerwiseNetwork): DenseNetwork {
  const [m, d] = features.directions.shape
  const width = units.signs.length + 2
  const network = mlp({ sizes: [d, m, width, 1], loss: 'squared' })
  const [first, second, last] = network.layers()
  const [rootM, rootUnits] = [Math.sqrt(m), Math.sqrt(width - 2)]
  for (let k = 0; k < m; k++) {
    for (let i = 0; i < d; i++) first.weight[i * m + k] = features.directions.data[k * d + i]
    first.bias![k] = features.offsets[k]
    const share = featureWeights[k] / rootM
    for (let j = 0; j < width - 2; j++) second.weight[k * width + j] = (units.signs[j] * share) / scale
    second.weight[k * width + width - 2] = share
    second.weight[k * width + width - 1] = -share
  }
  for (let j = 0; j < width - 2; j++) {
    second.bias![j] = units.offsets[j]
    last.weight[j] = linkWeights[j] / rootUnits
  }
  second.bias!.fill(0, width - 2)
  last.weight[width - 2] = 1
  last.weight[width - 1] = -1
  last.bias![0] = 0
  return network
}

function checkLayerwise(given: LayerwiseNetwork): LayerwiseNetwork {
  const { features: first, featureWeights, scale, units, linkWeights } = given
  const { directions, offsets } = options(first, 'model.features')
  const features = checkFeatures({ directions, offsets }, directions?.shape?.[1], 'model.features')
  const checked = checkUnits(units, 'model.units')
  return {
    features,
    featureWeights: vector(featureWeights, 'model.featureWeights', { length: features.offsets.length }),
    scale: number(scale, 'model.scale', { positive: true }),
    units: checked,
    linkWeights: vector(linkWeights, 'model.linkWeights', { length: checked.signs.length }),
  }
}

/**
 * Converts a score and a curve (an answer of {@link hierarchicalFit}), or a network of {@link layerwise}, into a network of
 * @opt/nn with the same values up to rounding: to go on training it, or to differentiate it. A score of degree 1 becomes a
 * ReLU network of one hidden layer; one of degree k >= 2 a network of two hidden layers with the
 * activation max(s, 0) + s^k, whose size for k >= 3 grows like 2^k D.
 *
 * @throws TypeError or RangeError when the model is neither, or needs more than 50,000 powers.
 */
export function toNetwork(model: HierarchicalModel | LayerwiseNetwork): DenseNetwork {
  return calling('toNetwork', () => {
    if (typeof model !== 'object' || model === null)
      refuse('model', 'a score and a link, or a layerwise network', show(model), 'type')
    if ('featureWeights' in model) return layerwiseNetwork(checkLayerwise(model))
    const score = checkScore(model.score, 'model.score')
    return networkOf(powerForm(score), checkLink(model.link, 'model.link'), { scale: 1, shift: 0 })
  })
}
