import {
  allFinite,
  callback,
  exp,
  log,
  oneOf,
  options as optionsOf,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import { type Cases, type FlatCases, readCases } from '../cases.ts'
import { product } from '../linear/product.ts'
import type { Head } from './heads.ts'
import { LOSSES, type Loss, type LossName } from './losses.ts'

/** A head to train: L(W) = mean of loss(Y_i, head(sum over t of s_it x_it)), s_i = softmax of x_it'W z_i. */
export interface TrainingProblem extends Cases {
  /** n labels, each 1 or -1. */
  labels: VectorLike
  head: Head
  /** Default 'logistic'. */
  loss?: LossName | undefined
}

export const TRAINING_PROBLEM = ['tokens', 'queries', 'labels', 'head', 'loss'] as const

/** The loss and its gradient e^S G, evaluated without allocation. */
export class Objective {
  readonly cases: FlatCases
  /** L(W). */
  value = 0
  /** S; -Infinity where no query has two tokens. */
  logScale: number = -Infinity
  /** The least over queries of the largest probability. */
  minProbability = 1
  /** d x e. */
  readonly G: Float64Array
  readonly probabilities: Float64Array
  readonly logProbabilities: Float64Array
  readonly #labels: Float64Array
  readonly #head: Head
  readonly #loss: Loss
  /** The token of the largest score of each query, and l'_i. */
  readonly #first: Int32Array
  readonly #slopes: Float64Array
  /** g_it - sum over r of s_ir g_ir. */
  readonly #excess: Float64Array
  readonly #v: Float64Array
  readonly #u: Float64Array

  constructor({ labels, head, loss = 'logistic', ...cases }: TrainingProblem) {
    this.cases = readCases(cases)
    const { n, d, e, starts } = this.cases
    this.#labels = vector(labels, 'labels', { length: n })
    for (const [i, label] of this.#labels.entries())
      if (label !== 1 && label !== -1) refuse(`labels[${i}]`, '1 or -1', `${label}`)
    optionsOf(head, 'head')
    callback(head?.value, 'head.value')
    callback(head.gradient, 'head.gradient')
    this.#head = head
    this.#loss = LOSSES[oneOf(loss, 'loss', ['logistic', 'exponential', 'linear', 'squared'])]
    this.G = new Float64Array(d * e)
    this.probabilities = new Float64Array(starts[n])
    this.logProbabilities = new Float64Array(starts[n])
    this.#excess = new Float64Array(starts[n])
    this.#first = new Int32Array(n)
    this.#slopes = new Float64Array(n)
    this.#v = new Float64Array(d)
    this.#u = new Float64Array(d)
  }

  evaluate(W: Float64Array): void {
    const { n } = this.cases
    let total = 0
    this.logScale = -Infinity
    this.minProbability = 1
    for (let i = 0; i < n; i++) {
      this.#attend(W, i)
      total += this.#differentiate(i)
    }
    this.value = total / n
    if (!Number.isFinite(this.value)) refuse('head', 'such that the loss is finite', `a loss of ${this.value}`)
    this.G.fill(0)
    if (this.logScale > -Infinity) for (let i = 0; i < n; i++) this.#accumulate(i)
  }

  /** Softmax of the scores of query i, in logarithms, too. */
  #attend(W: Float64Array, i: number): void {
    const { d, e, starts, tokens, queries } = this.cases
    const [v, logs, s] = [this.#v, this.logProbabilities, this.probabilities]
    for (let j = 0; j < d; j++) v[j] = product(W, j * e, queries, i * e, e)
    let first = starts[i]
    for (let t = starts[i]; t < starts[i + 1]; t++) {
      logs[t] = product(tokens, t * d, v, 0, d)
      if (logs[t] > logs[first]) first = t
    }
    const most = logs[first]
    if (!Number.isFinite(most)) refuse('W', 'of finite scores', `a score of ${most} for query ${i}`)
    let total = 0
    for (let t = starts[i]; t < starts[i + 1]; t++) {
      logs[t] -= most
      s[t] = exp(logs[t])
      total += s[t]
    }
    const shift = log(total)
    for (let t = starts[i]; t < starts[i + 1]; t++) {
      logs[t] -= shift
      s[t] /= total
      if (t !== first && logs[t] > this.logScale) this.logScale = logs[t]
    }
    this.#first[i] = first
    if (s[first] < this.minProbability) this.minProbability = s[first]
  }

  /** The head at the mixture of query i: its slopes along the differences of tokens; returns the loss. */
  #differentiate(i: number): number {
    const { d, starts, tokens } = this.cases
    const [u, slope, s, excess] = [this.#u, this.#v, this.probabilities, this.#excess]
    u.fill(0)
    for (let t = starts[i]; t < starts[i + 1]; t++)
      for (let j = 0, at = t * d; j < d; j++, at++) u[j] += s[t] * tokens[at]
    const f = this.#head.value(u)
    this.#head.gradient(u, slope)
    if (!(Number.isFinite(f) && allFinite(slope)))
      refuse('head', 'of finite values and gradients', `${show(f)} for query ${i}`)
    const first = this.#first[i] * d
    let mean = 0
    for (let t = starts[i]; t < starts[i + 1]; t++) {
      let sum = 0
      for (let j = 0, at = t * d; j < d; j++, at++) sum += (tokens[at] - tokens[first + j]) * slope[j]
      excess[t] = sum
      mean += s[t] * sum
    }
    for (let t = starts[i]; t < starts[i + 1]; t++) excess[t] -= mean
    this.#slopes[i] = this.#loss.derivative(f, this.#labels[i])
    return this.#loss.value(f, this.#labels[i])
  }

  /** G += the part of query i, in units of e^S. */
  #accumulate(i: number): void {
    const { n, d, e, starts, tokens, queries } = this.cases
    const [v, G] = [this.#v, this.G]
    const first = this.#first[i]
    v.fill(0)
    for (let t = starts[i]; t < starts[i + 1]; t++) {
      if (t === first) continue
      const weight = (this.#slopes[i] / n) * exp(this.logProbabilities[t] - this.logScale) * this.#excess[t]
      if (weight === 0) continue
      for (let j = 0, at = t * d, from = first * d; j < d; j++, at++, from++)
        v[j] += weight * (tokens[at] - tokens[from])
    }
    for (let j = 0, at = 0; j < d; j++)
      for (let k = 0, from = i * e; k < e; k++, from++, at++) G[at] += v[j] * queries[from]
  }
}
