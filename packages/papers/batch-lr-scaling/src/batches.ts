import { callback, type LinearOperator, type MatrixLike, number, oneOf, refuse, show, type VectorLike } from '@opt/core'
import { symmetric } from '@opt/curvature'

/** Writes the mean matrix of the examples at `indices` times v into `out`, or returns it. Both arrays are to be left alone. */
export type BatchProduct = (
  indices: Int32Array,
  v: Float64Array,
  out: Float64Array,
  // biome-ignore lint/suspicious/noConfusingVoidType: functions without an answer are products
) => ArrayLike<number> | undefined | void

/** The Hessian of the loss, or its Gauss-Newton matrix J'HJ, which is positive semidefinite. */
export type CurvatureMatrix = 'hessian' | 'gauss-newton'

type Real = Float64Array | Float32Array

/** What is asked of a network; one of @opt/nn has it. */
export interface CurvatureNetwork {
  readonly parameters: Real
  readonly gradients: Real
  /** Whether batch statistics are used; products use the running ones. */
  training: boolean
  examples(inputs: never, targets: never): { readonly count: number; readonly inputs: Real; readonly targets: Real }
  lossAndGradientAt(examples: never, indices: ArrayLike<number>): number
  hvp(inputs: Real, targets: Real, v: ArrayLike<number>, out: Real): Real
  gnvp(inputs: Real, targets: Real, v: ArrayLike<number>, out: Real): Real
}

/** Products of a network's mean loss over a few examples, at the parameters of when they were prepared. */
export interface PreparedProducts {
  apply(v: Float64Array, out: Float64Array): void
  /** Goes over to the parameters of now and to these examples. */
  prepare(inputs: Real, targets: Real): void
}

/** A network with its data, in place of a function: products are taken at its parameters of the moment. */
export interface NetworkData {
  network: CurvatureNetwork
  /** One row for each example: flat, rows, ndarray or ml-matrix. */
  inputs: VectorLike | MatrixLike
  /** Labels, or rows of outputs. */
  targets: VectorLike | MatrixLike
  /** Default that of the function it is given to. */
  matrix?: CurvatureMatrix | undefined
  /** `curvatureOperator` of @opt/nn, with which products take a fraction of the time. Default `hvp` and `gnvp`. */
  operator?:
    | ((network: never, inputs: Real, targets: Real, options: { matrix: CurvatureMatrix }) => PreparedProducts)
    | undefined
}

/** Products of batches with vectors: a function of yours, or a network with its data. */
export type Products = BatchProduct | NetworkData

/** Sizes, needed with a function of your own. */
export interface Sizes {
  /** The number of examples, N. */
  count?: number | undefined
  /** The number of parameters, P. */
  size?: number | undefined
}

/** Checked access to the curvature of batches. */
export interface Batches {
  readonly count: number
  readonly size: number
  /** The mean matrix of the examples at these places. */
  at(indices: Int32Array): LinearOperator
  /** The gradient of the mean loss of the examples, from a network. */
  readonly gradient?: (indices: Int32Array) => Real
}

/** Makes {@link Batches} of what a caller passed; products that are wrong are refused by the name of who asks for them. */
export function intake(products: Products, { count, size }: Sizes, fallback: CurvatureMatrix, name: string): Batches {
  if (typeof products === 'object' && products !== null) return ofNetwork(products, { count, size }, fallback, name)
  callback(products, 'products')
  number(count, 'count', { integer: true, min: 1, max: MOST })
  number(size, 'size', { integer: true, min: 1, max: MOST })
  return ofProduct(products, count as number, size as number, name)
}

const MOST = 2147483647

function ofProduct(product: BatchProduct, count: number, size: number, name: string): Batches {
  return {
    count,
    size,
    at(indices) {
      let calls = 0
      return symmetric(size, (v, out) => {
        calls++
        const returned = product(indices, v, out)
        if (returned && returned !== out) {
          if (returned.length !== size)
            refuse(
              `${name}: answer ${calls} of products for a batch`,
              `of length ${size}`,
              `length ${show(returned.length)}`,
            )
          out.set(returned)
        }
        for (let i = 0; i < size; i++)
          if (!(Math.abs(out[i]) < Infinity))
            refuse(`${name}: answer ${calls} of products for a batch, entry ${i},`, 'finite', show(out[i]))
      })
    },
  }
}

function ofNetwork(data: NetworkData, { count, size }: Sizes, fallback: CurvatureMatrix, name: string): Batches {
  const { network, inputs, targets, matrix = fallback, operator } = data
  oneOf(matrix, 'products.matrix', ['hessian', 'gauss-newton'])
  if (operator !== undefined) callback(operator, 'products.operator')
  for (const method of ['examples', 'hvp', 'gnvp', 'lossAndGradientAt'] as const)
    callback(network?.[method], `products.network.${method}`)
  const examples = network.examples(inputs as never, targets as never)
  const parameters = network.parameters.length
  if (count !== undefined && count !== examples.count) refuse('count', `${examples.count}, the rows`, show(count))
  if (size !== undefined && size !== parameters) refuse('size', `${parameters}, the parameters`, show(size))
  const method = matrix === 'hessian' ? 'hvp' : 'gnvp'
  const kept = network.gradients.slice()
  /** Runs something that must not be noticed by the training around it. */
  const unnoticed = <T>(run: () => T): T => {
    const { training } = network
    kept.set(network.gradients)
    network.training = false
    try {
      return run()
    } finally {
      network.training = training
      network.gradients.set(kept)
    }
  }
  /** Prepared products for each number of examples, which share their memory, and who prepared them last. */
  const prepared = new Map<number, { products: PreparedProducts; owner: LinearOperator }>()
  return {
    count: examples.count,
    size: parameters,
    at(indices) {
      const x = rows(examples.inputs, examples.count, indices)
      const y = rows(examples.targets, examples.count, indices)
      if (operator) {
        const owner: LinearOperator = {
          rows: parameters,
          columns: parameters,
          apply(v, out) {
            const last = prepared.get(indices.length)
            if (last?.owner !== owner)
              unnoticed(() => {
                const products = last?.products ?? operator(network as never, x, y, { matrix })
                if (last) products.prepare(x, y)
                prepared.set(indices.length, { products, owner })
              })
            prepared.get(indices.length)?.products.apply(v, out)
          },
        }
        return owner
      }
      return ofProduct(
        (_, v, out) => void unnoticed(() => network[method](x, y, v, out)),
        examples.count,
        parameters,
        name,
      ).at(indices)
    },
    gradient: (indices) =>
      unnoticed(() => {
        network.lossAndGradientAt(examples as never, indices)
        return network.gradients.slice()
      }),
  }
}

/** The rows of a flat matrix at these places. */
function rows(flat: Real, count: number, indices: Int32Array): Real {
  const columns = flat.length / count
  const out = flat.slice(0, indices.length * columns)
  indices.forEach((index, i) => out.set(flat.subarray(index * columns, (index + 1) * columns), i * columns))
  return out
}

/** Returns 0..n-1. */
export const everything = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i)
