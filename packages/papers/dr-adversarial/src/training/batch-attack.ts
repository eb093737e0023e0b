import { allFinite, type Random, refuse, show } from '@opt/core'
import type { Inputs } from '@opt/nn'
import { runPgd } from '../attacks/attacks.ts'
import { BarrierProblem, runBarrier } from '../attacks/barrier.ts'
import { type Problem, readInputs } from '../model/data.ts'
import type { Sight } from '../model/oracle.ts'
import { bestOther } from '../weights/softmax.ts'
import type { Settings } from './settings.ts'

/** The attack on the batches of a training run; its arrays are allocated once. */
export class BatchAttack {
  readonly #problem: Problem
  readonly #settings: Settings
  readonly barrier: BarrierProblem | null
  readonly inputs: Float64Array
  readonly labels: Int32Array
  readonly delta: Float64Array
  readonly kappa: Int32Array
  /** Whether a gradient of the attack was not finite. */
  broken = false

  constructor(problem: Problem, settings: Settings) {
    const { batchSize, attack, box, lower } = settings
    this.#problem = problem
    this.#settings = settings
    this.inputs = new Float64Array(batchSize * problem.columns)
    this.delta = new Float64Array(batchSize * problem.columns)
    this.labels = new Int32Array(batchSize)
    this.kappa = new Int32Array(batchSize)
    this.barrier = attack === 'barrier' ? new BarrierProblem(this.inputs.length, box, lower) : null
  }

  /** Attacks the examples at `indices`, from given perturbations or random ones. Returns the attacked points. */
  run(indices: Int32Array, random: Random, start: Inputs | undefined): Float64Array {
    const { oracle, inputs, labels, columns } = this.#problem
    for (let i = 0; i < indices.length; i++) {
      this.inputs.set(inputs.subarray(indices[i] * columns, (indices[i] + 1) * columns), i * columns)
      this.labels[i] = labels[indices[i]]
    }
    this.kappa.fill(0)
    this.broken = false
    const given = start === undefined ? undefined : this.#startOf(start, columns)
    const { box, norm, lower } = this.#settings
    let points: Float64Array
    if (this.barrier) {
      this.barrier.center(this.inputs)
      this.barrier.start(given ?? random)
      points = runBarrier(this.barrier, oracle, this.inputs, this.labels, this.#look)
    } else {
      const from = given ? { start: given.map((d, i) => this.inputs[i] + d) } : { random }
      const { steps, stepSize } = lower
      const settings = { box, norm, steps, stepSize, ...from }
      points = runPgd(oracle, this.inputs, this.labels, settings, 'crossEntropy', this.#look)
    }
    for (let i = 0; i < points.length; i++) this.delta[i] = points[i] - this.inputs[i]
    return points
  }

  /** Counts the points that are classified correctly. */
  readonly #look = ({ logits, gradient }: Sight): Float64Array => {
    const { labels, kappa } = this
    const k = logits.length / labels.length
    for (let i = 0; i < labels.length; i++)
      if (logits[i * k + labels[i]] > logits[i * k + bestOther(logits, i * k, k, labels[i])]) kappa[i]++
    if (allFinite(gradient)) return gradient
    // The step ends as diverged; until then the attack stands still.
    this.broken = true
    return gradient.fill(0)
  }

  #startOf(start: Inputs, columns: number): Float64Array {
    const { data } = readInputs(start, { sizes: [columns] }, 'starts')
    if (data.length !== this.delta.length)
      refuse('starts', `a function that returns ${this.labels.length} rows of ${columns}`, show(start))
    return data
  }
}
