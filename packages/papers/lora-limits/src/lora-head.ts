import {
  allFinite,
  calling,
  decodeFloats,
  encodeFloats,
  type Matrix,
  matrix,
  number,
  type Outcome,
  options,
  Random,
  randomFrom,
  refuse,
  type SolveOptions,
} from '@opt/core'
import type { LoraSolution } from './answer.ts'
import { prepare } from './attention/projections.ts'
import type { LoraReport } from './attention/task.ts'
import {
  type Adapter,
  type AttentionBatch,
  type AttentionHead,
  ROLES,
  type Role,
  readHead,
  readProblem,
  toMatrix,
} from './head.ts'
import { loraGradients } from './lora-gradients.ts'
import { type LoraHeadOptions, readRoles, type SavedLoraHead } from './lora-head-options.ts'
import { LADDER, type LoraOptions } from './options.ts'
import { drawnOutput } from './sampling/drawn-rows.ts'

/** After so many steps 'auto' tries the cheapest gradient again. */
const RETRY = 20

/**
 * An attention head whose adapters are trained: one flat array of parameters for any optimizer, gradients in the same
 * order, exact or as cheap as they can be.
 */
export class LoraHead {
  /** A and B of the adapters of Q, K and V, in this order. An optimizer writes to it. */
  readonly parameters: Float64Array
  readonly #head: Omit<AttentionHead, 'adapters'>
  readonly #shapes: { readonly role: Role; readonly rank: number; readonly d: number; readonly h: number }[]
  #random: Random
  #calls = 0
  #level = 0

  /**
   * @param head frozen weights, and adapters to begin with; copied.
   * @throws TypeError or RangeError that names the wrong argument.
   */
  constructor(head: AttentionHead, given?: LoraHeadOptions) {
    const made = calling('LoraHead', () => {
      const { rank, adapt, random = 0 } = options(given, 'options', ['rank', 'adapt', 'random'])
      const { projections, beta } = readHead(head)
      const rng = randomFrom(random, 'random')
      const adapters = ROLES.flatMap((role) => {
        const { adapter, W } = projections[role]
        return adapter
          ? [{ role, rank: adapter.A.rows, d: W.rows, h: W.columns, values: [...adapter.A.data, ...adapter.B.data] }]
          : []
      })
      if (adapters.length > 0 && (rank !== undefined || adapt !== undefined))
        refuse(
          rank === undefined ? 'options.adapt' : 'options.rank',
          'absent for a head with adapters',
          String(rank ?? adapt),
        )
      if (adapters.length === 0)
        for (const role of readRoles(adapt)) {
          const { rows: d, columns: h } = projections[role].W
          const r = number(rank ?? Math.min(4, d, h), 'options.rank', { integer: true, min: 1, max: Math.min(d, h) })
          const A = Array.from({ length: r * h }, () => rng.normal() / Math.sqrt(h))
          adapters.push({ role, rank: r, d, h, values: [...A, ...new Array<number>(d * r).fill(0)] })
        }
      const frozen = Object.fromEntries(
        ROLES.map((role) => {
          const { data, rows, columns } = projections[role].frozen
          return [role, toMatrix(data.slice(), rows, columns)]
        }),
      ) as Record<Role, Matrix>
      return { adapters, rng, head: { weights: frozen, alpha: head.alpha, beta } }
    })
    this.parameters = Float64Array.from(made.adapters.flatMap(({ values }) => values))
    this.#shapes = made.adapters.map(({ role, rank, d, h }) => ({ role, rank, d, h }))
    this.#head = made.head
    this.#random = made.rng
  }

  /** Weights, factors and the present adapters, which share memory with `parameters`. */
  get head(): AttentionHead {
    const adapters: { [R in Role]?: Adapter<Matrix> } = {}
    let at = 0
    const take = (rows: number, columns: number) =>
      toMatrix(this.parameters.subarray(at, (at += rows * columns)), rows, columns)
    for (const { role, rank, d, h } of this.#shapes) adapters[role] = { A: take(rank, h), B: take(d, rank) }
    return { ...this.#head, adapters }
  }

  /** Returns the exact output, L_Q x h_V. */
  forward(batch: Pick<AttentionBatch, 'query' | 'key' | 'value' | 'mask'>): Matrix {
    return calling('LoraHead.forward', () => {
      const { task } = prepare(readProblem(this.head, batch, false))
      const rows = Int32Array.from({ length: task.queries }, (_, j) => j)
      return toMatrix(drawnOutput(task, rows), task.queries, task.hv)
    })
  }

  /**
   * Returns the gradients of {@link loraGradients}, with `flat`: all of them in the order of `parameters`. By default with
   * 'auto', which begins where the last step ended, and every 20 steps with the cheapest method again.
   */
  gradients(
    batch: AttentionBatch,
    given: Omit<LoraOptions, 'random' | 'level'> & SolveOptions<LoraReport> = {},
  ): LoraSolution & Outcome<LoraReport> & { flat: Float64Array } {
    return calling('LoraHead.gradients', () => {
      const { method = 'auto', ...rest } = options(given, 'options')
      if ('random' in rest || 'level' in rest)
        refuse('options', 'without random and level, which the head keeps', 'one of them', 'type')
      if (this.#calls % RETRY === 0) this.#level = 0
      const level = method === 'auto' ? { level: this.#level } : {}
      const answer = loraGradients(this.head, batch, { ...rest, ...level, method, random: this.#random })
      this.#calls++
      this.#level = answer.level ?? this.#level
      return { ...answer, flat: this.#inOrder((role, part) => answer.gradients[role]![part].data) }
    })
  }

  /** Returns gradients of adapters in the order of `parameters`, for instance those of `sampledGradients(head.head, batch)`. */
  flatten(gradients: { readonly [R in Role]?: Adapter }): Float64Array {
    return calling('LoraHead.flatten', () => {
      const given = options(gradients, 'gradients')
      return this.#inOrder((role, part, shape) => {
        const adapter = options(given[role], `gradients.${role}`)
        return matrix(adapter[part], `gradients.${role}.${part}`, shape).data
      })
    })
  }

  #inOrder(
    part: (role: Role, part: 'A' | 'B', shape: { rows: number; columns: number }) => Float64Array,
  ): Float64Array {
    const flat = new Float64Array(this.parameters.length)
    let at = 0
    for (const { role, rank, d, h } of this.#shapes) {
      flat.set(part(role, 'A', { rows: rank, columns: h }), at)
      flat.set(part(role, 'B', { rows: d, columns: rank }), at + rank * h)
      at += rank * (h + d)
    }
    return flat
  }

  /** Returns the merged weights W + (alpha / rank) B A, which need no adapters any more. */
  merge(): Record<Role, Matrix> {
    const { projections } = calling('LoraHead.merge', () => readHead(this.head))
    return Object.fromEntries(
      ROLES.map((role) => {
        const { data, rows, columns } = projections[role].W
        return [role, toMatrix(data.slice(), rows, columns)]
      }),
    ) as Record<Role, Matrix>
  }

  /** Returns the state as plain JSON: training that goes on from it has the same bits. */
  state(): SavedLoraHead {
    return {
      parameters: encodeFloats(this.parameters),
      calls: this.#calls,
      level: this.#level,
      random: this.#random.state(),
    }
  }

  /**
   * Restores a saved state of a head with the same shapes.
   *
   * @throws TypeError or RangeError when it is none; nothing changes then.
   */
  load(state: SavedLoraHead): this {
    return calling('LoraHead.load', () => {
      const { parameters, calls, level, random } = options(state, 'state')
      const values = decodeFloats(parameters, Float64Array, this.parameters.length, 'state.parameters')
      if (!allFinite(values)) refuse('state.parameters', 'of finite numbers', 'NaN or Infinity')
      number(calls, 'state.calls', { integer: true, min: 0 })
      number(level, 'state.level', { integer: true, min: 0, max: LADDER.length - 1 })
      this.#random = new Random(random)
      this.#calls = calls
      this.#level = level
      this.parameters.set(values)
      return this
    })
  }
}
