import { type Label, type MatrixLike, matrix } from '@opt/core'
import ndarray from 'ndarray'
import type { Supernet } from '../supernet/supernet.ts'
import type { Standardization } from './table.ts'

/** A model that was trained by itself. */
export interface Finalist {
  path: number[]
  /** 'dense-skip-dense'. */
  name: string
  parameters: number
  /** Accuracies on the validation examples, which chose it, and on the test examples, which did not. */
  validationAccuracy: number
  testAccuracy: number
  /** Its parameters; {@link predict} standardizes and names classes. */
  network: Supernet
  /** Classes of new examples, in the labels of the caller. */
  predict(X: MatrixLike): Label[]
}

/** Returns the classes of new examples, which are standardized as the training examples were. */
export function classify(X: MatrixLike, network: Supernet, scaling: Standardization, classes: Label[]): Label[] {
  const { data, shape } = matrix(X, 'predict: X', { columns: network.inputs })
  const places = Int32Array.from({ length: shape[0] }, (_, i) => i)
  const inputs = ndarray(scaling.apply(data, places), [shape[0], network.inputs])
  return Array.from(network.predict(inputs), (k) => classes[k])
}
