import { decodeFloats, encodeFloats, type Label, number, options as optionsOf, refuse, show, vector } from '@opt/core'
import ndarray from 'ndarray'
import { checkNetwork, type GrownNetwork } from '../grown-network.ts'
import type { Model } from './model.ts'
import { checkTableOptions, type TableOptions } from './table-options.ts'

/** A fitted {@link BoostedNetwork}, plain JSON; arrays are base64 of their little-endian float64 bytes. */
export interface SavedTable {
  format: 'boosted-network'
  version: 1
  options: Omit<TableOptions, 'seed'> & { seed?: number }
  loss: GrownNetwork['loss']
  activation: GrownNetwork['activation']
  neuronsPerStep: number
  /** d, U and k. */
  sizes: [features: number, units: number, outputs: number]
  /** Ascending; null for the squared loss. */
  classes: Label[] | null
  W: string
  b: string
  V: string
  cumulativeBias: string
  mean: string
  scale: string
  targetMean: string
  targetScale: string
}

export function toSaved(model: Model, all: TableOptions): SavedTable {
  const { network, classes, mean, scale, targetMean, targetScale } = model
  const { loss, activation, neuronsPerStep, W, b, V, cumulativeBias } = network
  const { seed, ...options } = all
  return {
    format: 'boosted-network',
    version: 1,
    options: typeof seed === 'number' ? { ...options, seed } : options,
    loss,
    activation,
    neuronsPerStep,
    sizes: [W.shape[0], W.shape[1], V.shape[1]],
    classes: classes && [...classes],
    W: encodeFloats(W.data),
    b: encodeFloats(b),
    V: encodeFloats(V.data),
    cumulativeBias: encodeFloats(cumulativeBias.data),
    mean: encodeFloats(mean),
    scale: encodeFloats(scale),
    targetMean: encodeFloats(targetMean),
    targetScale: encodeFloats(targetScale),
  }
}

/** Checks every part of a saved model, and copies it. */
export function fromSaved(saved: SavedTable): { options: TableOptions; model: Model } {
  if (saved?.format !== 'boosted-network' || saved.version !== 1)
    refuse('saved', 'what toJSON returned', show(saved), 'type')
  const options = checkTableOptions(optionsOf(saved.options, 'saved.options'), 'BoostedNetwork.fromJSON')
  const { loss, activation, neuronsPerStep, sizes } = saved
  if (!Array.isArray(sizes) || sizes.length !== 3)
    refuse('saved.sizes', 'three numbers of features, units and outputs', show(sizes), 'type')
  sizes.forEach((size, i) => number(size, `saved.sizes[${i}]`, { integer: true, min: 1, max: 1e6 }))
  const [d, U, K] = sizes
  number(neuronsPerStep, 'saved.neuronsPerStep', { integer: true, min: 1, max: U })
  const stages = Math.floor(U / neuronsPerStep)
  const floats = (name: keyof SavedTable, length: number, sign: 'any' | 'positive' = 'any') => {
    const label = `saved.${name}`
    return vector(decodeFloats(saved[name], Float64Array, length, label), label, { sign })
  }
  const biases = floats('cumulativeBias', (stages + 1) * K)
  const network = checkNetwork(
    {
      loss,
      activation,
      neuronsPerStep,
      W: ndarray(floats('W', d * U), [d, U]),
      b: floats('b', U),
      V: ndarray(floats('V', U * K), [U, K]),
      c: biases.slice(stages * K),
      cumulativeBias: ndarray(biases, [stages + 1, K]),
    },
    'saved',
  )
  if ((options.loss ?? 'squared') !== loss) refuse('saved.options.loss', `'${loss}'`, show(options.loss))
  return {
    options,
    model: {
      network,
      classes: checkClasses(saved.classes, network),
      mean: floats('mean', d),
      scale: floats('scale', d, 'positive'),
      targetMean: floats('targetMean', K),
      targetScale: floats('targetScale', K, 'positive'),
    },
  }
}

/** Checks the ascending labels of a network of classes. */
function checkClasses(classes: Label[] | null, { loss, c }: GrownNetwork): Label[] | null {
  const label = 'saved.classes'
  if (loss === 'squared')
    return classes === null ? null : refuse(label, `null for loss 'squared'`, show(classes), 'type')
  const count = loss === 'logistic' ? 2 : c.length
  if (!Array.isArray(classes) || classes.length !== count)
    refuse(label, `an array of ${count} labels`, show(classes), 'type')
  const texts = typeof classes[0] === 'string'
  for (let k = 0; k < count; k++) {
    if (!texts) number(classes[k], `${label}[${k}]`)
    else if (typeof classes[k] !== 'string') refuse(`${label}[${k}]`, 'a text like the first', show(classes[k]), 'type')
    if (k > 0 && !(classes[k - 1] < classes[k])) refuse(`${label}[${k}]`, 'above the label before', show(classes[k]))
  }
  return [...classes]
}
