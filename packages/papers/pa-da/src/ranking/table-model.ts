import {
  calling,
  type Label,
  type Labels,
  labelsCopy,
  type MatrixLike,
  matrix,
  options as optionsOf,
  refuse,
  show,
} from '@opt/core'
import ndarray from 'ndarray'
import { type SpaceOptions, searchSpace } from '../space.ts'
import { Supernet } from '../supernet/supernet.ts'
import { Standardization, type StandardizationState } from './table.ts'

/** A saved {@link TableModel}: plain JSON. */
export interface TableModelState {
  space: SpaceOptions
  path: number[]
  channels: number
  bottleneck: number
  classes: Label[]
  standardization: StandardizationState
  /** By name, row-major. */
  parameters: Record<string, number[]>
}

/** A model for rows of a table: the network of one path with what it needs of the table it was trained on. */
export class TableModel {
  /** With the parameters of its path only. */
  readonly network: Supernet
  /** The labels, in the order of the network's outputs. */
  readonly classes: readonly Label[]
  readonly #standardization: Standardization

  /** @internal Made by searchModels or {@link load}. */
  constructor(network: Supernet, classes: readonly Label[], standardization: Standardization) {
    this.network = network
    this.classes = classes
    this.#standardization = standardization
  }

  /** Returns the classes of new rows, [n, features], in the labels of the table. */
  predict(X: MatrixLike): Label[] {
    const { network } = this
    return calling('TableModel.predict', () => {
      const { data, shape } = matrix(X, 'X', { columns: network.inputs })
      const rows = Int32Array.from({ length: shape[0] }, (_, i) => i)
      const inputs = ndarray(this.#standardization.apply(data, rows), [shape[0], network.inputs])
      return Array.from(network.predict(inputs), (k) => this.classes[k])
    })
  }

  /** Returns all that {@link load} needs. */
  state(): TableModelState {
    const { space, fixedPath, channels, bottleneck } = this.network
    const { edges, ops, cells } = space
    return {
      space: { edges: edges.map(([from, to]) => [from, to]), ops: ops.map(copyOf), cells },
      path: [...fixedPath!],
      channels,
      bottleneck,
      classes: [...this.classes],
      standardization: this.#standardization.state(),
      ...this.network.state(),
    }
  }

  /** Makes a model from a state, which predicts to the same bits. @throws TypeError or RangeError for a wrong state. */
  static load(state: TableModelState): TableModel {
    return calling('TableModel.load', () => {
      const { space, path, channels, bottleneck, classes, standardization, parameters } = optionsOf(state, 'state')
      const labels = labelsCopy<Label>(classes as Labels, 'state.classes')
      if (new Set(labels).size !== labels.length) refuse('state.classes', 'different labels', show(labels))
      const scaling = Standardization.load(standardization)
      const sizes = {
        inputs: scaling.columns,
        classes: labels.length,
        channels,
        bottleneck,
        space: searchSpace(space),
      }
      const network = new Supernet(sizes, sizes.space.check(path, 'state.path'))
      network.load({ parameters })
      return new TableModel(network, labels, scaling)
    })
  }
}

const copyOf = <T>(op: T): T => (typeof op === 'string' ? op : { ...op })
