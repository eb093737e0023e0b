import { boolean, callback, refuse, show } from '@opt/core'
import { type Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'

/**
 * Checks the arguments of `minimize`; the errors of TensorFlow.js would name functions that the caller did not call.
 *
 * @returns `f`, with its answer checked.
 */
export function checkedCall(
  name: string,
  f: () => Scalar,
  returnCost: boolean,
  varList: readonly Variable[] | undefined,
): () => Scalar {
  callback(f, `${name}: f`)
  boolean(returnCost, `${name}: returnCost`)
  if (varList !== undefined) checkVariables(varList, `${name}: varList`)
  return () => {
    const loss = f()
    if (!(loss instanceof Tensor)) refuse(`${name}: f`, 'a function that returns a scalar', show(loss), 'type')
    if (loss.rank !== 0) refuse(`${name}: f`, 'a function that returns a scalar', `a tensor of shape [${loss.shape}]`)
    return loss
  }
}

function checkVariables(list: readonly Variable[], label: string): void {
  if (!Array.isArray(list)) refuse(label, 'an array of variables', show(list), 'type')
  for (let i = 0; i < list.length; i++)
    if (!(list[i] instanceof Variable)) refuse(`${label}[${i}]`, 'a variable', show(list[i]), 'type')
  if (!list.some(({ trainable }) => trainable)) refuse(label, 'variables of which one is trainable', 'none')
}
