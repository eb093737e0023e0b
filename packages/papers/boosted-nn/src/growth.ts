import {
  decodeFloats,
  encodeFloats,
  number,
  oneOf,
  options as optionsOf,
  Random,
  refuse,
  show,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import type { BoostedSolution, BoostingState } from './boosted-network.ts'
import { LOSSES } from './losses.ts'
import type { Settings } from './settings.ts'
import type { Rows } from './stage/rows.ts'
import { type StageShape, stageSize } from './stage/stage.ts'
import { weightsOf } from './stage/weights.ts'

/** The stages of a run, and the outputs that they have on its rows. */
export class Growth {
  /** The loss of F_0 and after each stage. */
  readonly losses: number[]
  readonly #settings: Settings
  readonly #shape: StageShape
  readonly train: Rows
  readonly validation: Rows | undefined
  readonly #initial: Float64Array
  readonly #stages: Float64Array[] = []
  readonly #steps: number[] = []

  constructor(settings: Settings, shape: StageShape, train: Rows, validation?: Rows, resume?: Saved) {
    const { K } = shape
    const loss = LOSSES[settings.loss]
    this.#settings = settings
    this.#shape = shape
    this.train = train
    this.validation = validation
    const prior = (settings.initial ?? loss.start) === 'prior'
    this.#initial = resume?.initial ?? (prior ? loss.prior(train.y, K) : new Float64Array(K))
    for (const rows of [train, validation]) rows?.F.forEach((_, i) => (rows.F[i] = this.#initial[i % K]))
    const value = loss.value(train.y, train.F, K)
    if (!Number.isFinite(value)) refuse('y', 'of numbers whose squares float64 can add', 'larger ones')
    this.losses = [value]
    resume?.stages.forEach((x, t) => {
      train.outputs(x)
      this.add(x, resume.steps[t])
    })
  }

  get count(): number {
    return this.#stages.length
  }

  /** The number of last stages in a row that did nothing. */
  get idle(): number {
    return this.count - 1 - this.#steps.findLastIndex((step) => step !== 0)
  }

  /** Joins a stage, whose outputs on the training rows were computed last. */
  add(x: Float64Array, step: number): void {
    const { K } = this.#shape
    this.#stages.push(x)
    this.#steps.push(step)
    this.train.move(step)
    this.validation?.outputs(x)
    this.validation?.move(step)
    this.losses.push(LOSSES[this.#settings.loss].value(this.train.y, this.train.F, K))
  }

  /** Assembles one network of all stages. */
  answer(): Omit<BoostedSolution, 'decision'> {
    const { d, J, K } = this.#shape
    const { loss, activation, random } = this.#settings
    const [T, U] = [this.count, this.count * J]
    const W = new Float64Array(d * U)
    const b = new Float64Array(U)
    const V = new Float64Array(U * K)
    const cumulativeBias = new Float64Array((T + 1) * K)
    cumulativeBias.set(this.#initial)
    this.#stages.forEach((x, t) => {
      const part = weightsOf(this.#shape, x)
      const step = this.#steps[t]
      for (let i = 0; i < d; i++) W.set(part.W.data.subarray(i * J, (i + 1) * J), i * U + t * J)
      b.set(part.b, t * J)
      V.set(
        part.V.data.map((v) => step * v),
        t * J * K,
      )
      for (let k = 0; k < K; k++) cumulativeBias[(t + 1) * K + k] = cumulativeBias[t * K + k] + step * part.c[k]
    })
    return {
      network: {
        loss,
        activation,
        neuronsPerStep: J,
        W: ndarray(W, [d, U]),
        b,
        V: ndarray(V, [U, K]),
        c: cumulativeBias.slice(T * K),
        cumulativeBias: ndarray(cumulativeBias, [T + 1, K]),
      },
      steps: Float64Array.from(this.#steps),
      losses: Float64Array.from(this.losses),
      state: {
        loss,
        activation,
        sizes: [d, J, K],
        count: T,
        initial: encodeFloats(this.#initial),
        stages: encodeFloats(Float64Array.from(this.#stages.flatMap((x) => [...x]))),
        steps: encodeFloats(Float64Array.from(this.#steps)),
        random: random.state(),
      },
    }
  }
}

/** The stages of a saved run. */
export interface Saved {
  initial: Float64Array
  stages: Float64Array[]
  steps: Float64Array
  random: Random
}

/** Checks and decodes a saved run of the same loss, activation and sizes. */
export function savedRun(state: BoostingState, settings: Settings, shape: StageShape): Saved {
  const { loss, activation, sizes, count, initial, stages, steps, random } = optionsOf(state, 'resume')
  oneOf(loss, 'resume.loss', [settings.loss])
  oneOf(activation, 'resume.activation', [settings.activation])
  const wanted = [shape.d, shape.J, shape.K]
  if (!Array.isArray(sizes) || sizes.length !== 3) refuse('resume.sizes', `[${wanted}]`, show(sizes), 'type')
  for (const [i, size] of sizes.entries())
    if (size !== wanted[i]) refuse(`resume.sizes[${i}]`, `${wanted[i]}`, show(size))
  number(count, 'resume.count', { integer: true, min: 0, max: settings.stages })
  const numbers = (text: unknown, length: number, label: string) => {
    const values = decodeFloats(text, Float64Array, length, label)
    return length === 0 ? values : vector(values, label)
  }
  const size = stageSize(shape)
  const all = numbers(stages, count * size, 'resume.stages')
  return {
    initial: numbers(initial, shape.K, 'resume.initial'),
    stages: Array.from({ length: count }, (_, t) => all.slice(t * size, (t + 1) * size)),
    steps: numbers(steps, count, 'resume.steps'),
    random: new Random(random),
  }
}
