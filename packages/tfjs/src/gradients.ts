import { refuse, show } from '@opt/core'
import { engine, type NamedTensorMap, type Tensor, Variable } from '@tensorflow/tfjs-core'
import type { Pair } from './reading.ts'

/** The gradient of a variable, or a weight of an optimizer, with its name. */
export interface NamedTensor {
  name: string
  tensor: Tensor
}

const LABEL = 'TfOptimizer.applyGradients'

/**
 * Returns the variables that have a gradient, each with it, after checking both.
 *
 * @param known the shapes of the variables of earlier steps.
 */
export function pairsOf(
  gradients: NamedTensorMap | readonly NamedTensor[],
  known: Readonly<Record<string, readonly number[]>>,
): Pair[] {
  if (typeof gradients !== 'object' || gradients === null)
    refuse(`${LABEL}: gradients`, 'a record or a list of tensors', show(gradients), 'type')
  const list = Array.isArray(gradients)
    ? (gradients as readonly NamedTensor[])
    : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }))
  for (let i = 0; i < list.length; i++)
    if (typeof list[i]?.name !== 'string')
      refuse(`${LABEL}: gradients[${i}]`, 'a record { name, tensor }', show(list[i]), 'type')
  const given = list.filter(({ tensor }) => tensor != null)
  if (given.length === 0) refuse(`${LABEL}: gradients`, 'given for one variable or more', 'none')
  const variables = engine().registeredVariables
  return given.map(({ name, tensor: gradient }, i) => {
    const label = `${LABEL}: gradients.${name}`
    const variable = variables[name]
    if (!(variable instanceof Variable)) refuse(label, 'that of a variable', 'one of none')
    if (given.findIndex((other) => other.name === name) < i) refuse(label, 'given once', 'twice')
    if (variable.dtype !== 'float32') refuse(label, 'that of a float32 variable', `one of ${variable.dtype}`, 'type')
    if (gradient.dtype !== 'float32') refuse(label, 'a float32 tensor', gradient.dtype ?? show(gradient), 'type')
    const shape = known[name] ?? variable.shape
    if (!sameShape(variable.shape, shape)) refuse(label, `that of shape [${shape}] as before`, `[${variable.shape}]`)
    if (!sameShape(gradient.shape, shape)) refuse(label, `of shape [${shape}]`, `[${gradient.shape}]`)
    return { variable, gradient }
  })
}

const sameShape = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((n, d) => n === b[d])
