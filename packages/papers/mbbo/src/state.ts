import {
  allFinite,
  type MatrixLike,
  matrixCopy,
  nrm2,
  number,
  oneOf,
  refuse,
  show,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { rowsOf } from './msvr.ts'
import type { BlockInput, BlockOutput } from './versions/block-update.ts'

/** How blocks move: see {@link BsvrbOptions.updates}. */
export type Updates = 'all' | 'sampled'

/** How y_i and v_i move. */
export interface Moves {
  tau: number
  tauV: number
  radius: number
  updates: Updates
}

/** All of a run of {@link bsvrb}: with it, the run goes on to the same bits. Matrices are flat, with one row a block. */
export interface BsvrbState extends Moves {
  version: 1 | 2
  /** Steps so far. */
  k: number
  x: Float64Array
  previousX: Float64Array
  z: Float64Array
  /** y_i after step `updated[i]`; what the block has missed since is made up for when it is next sampled. */
  y: Float64Array
  previousY: Float64Array
  s: Float64Array
  /** H_i or v_i, as y_i. */
  adjoint: Float64Array
  previousAdjoint: Float64Array
  /** u_i; only in version 2. */
  u?: Float64Array | undefined
  /** The number of steps after which each block was as it is here. */
  updated: Float64Array
  /** That of the sampler, if it has one. */
  sampler?: unknown
}

type ArrayName = 'x' | 'previousX' | 'z' | 'y' | 'previousY' | 's' | 'adjoint' | 'previousAdjoint' | 'updated'

/** A {@link BsvrbState}, or what JSON has made of one whose arrays were written as lists of numbers. */
export type SavedState = Omit<BsvrbState, ArrayName | 'u'> &
  Record<ArrayName, VectorLike> & { u?: VectorLike | undefined }

/** Where {@link bsvrb} starts: x and y_0, y_1, ..., or the answer of a run to go on from. */
export type BsvrbStart = { x: VectorLike; y: MatrixLike; state?: undefined } | { state: SavedState }

/** What a step makes of a block: its new estimates, y_i, and H_i or v_i. */
export interface BlockPlan {
  s: Float64Array
  tracked: Float64Array
  y: Float64Array
  adjoint: Float64Array
}

/** What is kept of all blocks. Only blocks that a step samples are touched in it. */
export class BlockStates {
  readonly version: 1 | 2
  readonly x: Float64Array
  readonly previousX: Float64Array
  readonly z: Float64Array
  /** m and the length of each y_i. */
  readonly blocks: number
  readonly dimension: number
  /** Whether there are estimates yet. */
  started: boolean
  k: number
  readonly inputs: BlockInput[]
  readonly #flat: Record<'y' | 'previousY' | 's' | 'adjoint' | 'previousAdjoint' | 'u', Float64Array>
  readonly #updated: Float64Array
  readonly #moves: Moves

  constructor(version: 1 | 2, m: number, given: BsvrbStart, moves: Moves) {
    if (typeof given !== 'object' || given === null) refuse('start', 'an object with x and y', show(given), 'type')
    this.version = version
    this.#moves = moves
    const { state } = given
    this.started = state !== undefined
    if (state !== undefined) checkState(state, version)
    const start = state ?? given
    const label = state ? 'start.state.' : 'start.'
    this.x = vectorCopy((start as SavedState).x, `${label}x`)
    const y = state ? vectorCopy(state.y, `${label}y`) : matrixCopy(given.y, `${label}y`, { rows: m }).data
    if (y.length % m !== 0) refuse(`${label}y`, `of length ${m} times that of a y_i`, `length ${y.length}`)
    const d = y.length / m
    this.blocks = m
    this.dimension = d
    const like = (key: keyof SavedState, length: number) =>
      state ? vectorCopy(state[key] as VectorLike, label + key, { length }) : new Float64Array(length)
    const width = version === 1 ? d * d : d
    this.previousX = state ? like('previousX', this.x.length) : this.x.slice()
    this.z = like('z', this.x.length)
    const adjoint = like('adjoint', m * width)
    this.#flat = {
      y,
      previousY: state ? like('previousY', m * d) : y.slice(),
      s: like('s', m * d),
      adjoint,
      previousAdjoint: like('previousAdjoint', m * width),
      u: version === 2 ? like('u', m * d) : adjoint,
    }
    this.k = state ? state.k : 0
    this.#updated = like('updated', m)
    for (let i = 0; i < m; i++)
      number(this.#updated[i], `${label}updated[${i}]`, { integer: true, min: 0, max: this.k })
    const rows = Object.fromEntries(Object.entries(this.#flat).map(([key, flat]) => [key, rowsOf(flat, m)]))
    this.inputs = Array.from({ length: m }, (_, i) => ({
      x: this.x,
      previousX: this.previousX,
      y: rows.y[i],
      previousY: rows.previousY[i],
      adjoint: rows.adjoint[i],
      previousAdjoint: rows.previousAdjoint[i],
      s: rows.s[i],
      tracked: rows.u[i],
      sample: undefined,
      first: false,
    }))
    if (state && !sameMoves(state, moves)) this.#settle({ ...state, radius: state.radius ?? Infinity })
  }

  /** Makes block i what it is after k steps, and its previous point what it was one step before. */
  bring(i: number): void {
    this.#bring(i, this.#moves)
  }

  #bring(i: number, moves: Moves): void {
    const missed = this.k - this.#updated[i]
    if (missed === 0) return
    const { y, previousY, adjoint, previousAdjoint } = this.inputs[i]
    if (moves.updates === 'all') this.#catchUp(i, missed - 1, moves)
    previousY.set(y)
    previousAdjoint.set(adjoint)
    if (moves.updates === 'sampled') return
    this.#catchUp(i, 1, moves)
    this.#updated[i] = this.k
  }

  /** Takes steps of block i along the estimates that it had all the time. */
  #catchUp(i: number, times: number, { tau, tauV, radius }: Moves): void {
    const { y, s, adjoint: v, tracked: u } = this.inputs[i]
    if (times === 0) return
    move(y, s, tau * times, y)
    if (this.version === 1) return
    // Where the last point of a line from inside the ball is inside, all are.
    if (lengthAfter(v, u, tauV * times) <= radius) move(v, u, tauV * times, v)
    else for (let left = times; left > 0; left--) moveInBall(v, u, tauV, radius, v)
  }

  /** Brings all blocks up to date, by the steps with which the state was saved. */
  #settle(moves: Moves): void {
    for (let i = 0; i < this.blocks; i++) {
      this.#bring(i, moves)
      this.#updated[i] = this.k
    }
  }

  /** Makes the first samples of block i its estimates. */
  begin(i: number, { s, tracked }: BlockOutput): void {
    const input = this.inputs[i]
    input.s.set(s)
    input.tracked.set(tracked)
    if (this.version === 1) input.previousAdjoint.set(tracked)
  }

  /** Writes what a step makes of block i, whose new estimates are known. */
  plan(i: number, { s, tracked, y, adjoint }: BlockPlan): void {
    const input = this.inputs[i]
    const { tau, tauV, radius } = this.#moves
    // With updates 'sampled', the new estimates make up for what was missed.
    const times = this.k + 1 - this.#updated[i]
    move(input.y, s, tau * times, y)
    if (this.version === 2) moveInBall(input.adjoint, tracked, tauV * times, radius, adjoint)
  }

  /** Carries out the plan of block i, which is part of step k. */
  commit(i: number, { s, tracked, y, adjoint }: BlockPlan): void {
    const input = this.inputs[i]
    input.previousY.set(input.y)
    input.previousAdjoint.set(input.adjoint)
    input.s.set(s)
    input.tracked.set(tracked)
    input.y.set(y)
    input.adjoint.set(adjoint)
    this.#updated[i] = this.k + 1
  }

  /** Ends a step with the next x and z. */
  step(x: Float64Array, z: Float64Array): void {
    this.previousX.set(this.x)
    this.x.set(x)
    this.z.set(z)
    this.k++
  }

  /** Returns memory for the plans of so many blocks. */
  plans(count: number): BlockPlan[] {
    const { dimension: d, version } = this
    return Array.from({ length: count }, () => {
      const tracked = new Float64Array(version === 1 ? d * d : d)
      const adjoint = version === 1 ? tracked : new Float64Array(d)
      return { s: new Float64Array(d), tracked, y: new Float64Array(d), adjoint }
    })
  }

  /** Returns copies of all y_i, as they are after k steps. */
  y(): Float64Array[] {
    const { updates, tau } = this.#moves
    return this.inputs.map(({ y, s }, i) => {
      const missed = updates === 'all' ? this.k - this.#updated[i] : 0
      return y.map((value, j) => value - tau * missed * s[j])
    })
  }

  /** Returns a copy. */
  save(sampler: unknown): BsvrbState {
    const { u, ...flat } = this.#flat
    return {
      version: this.version,
      ...this.#moves,
      k: this.k,
      x: this.x.slice(),
      previousX: this.previousX.slice(),
      z: this.z.slice(),
      y: flat.y.slice(),
      previousY: flat.previousY.slice(),
      s: flat.s.slice(),
      adjoint: flat.adjoint.slice(),
      previousAdjoint: flat.previousAdjoint.slice(),
      ...(this.version === 2 && { u: u.slice() }),
      updated: this.#updated.slice(),
      ...(sampler !== undefined && { sampler }),
    }
  }
}

export const isFinitePlan = ({ s, tracked, y, adjoint }: BlockPlan): boolean =>
  allFinite(s) && allFinite(tracked) && allFinite(y) && allFinite(adjoint)

function checkState(state: SavedState, version: 1 | 2): void {
  const label = 'start.state'
  if (typeof state !== 'object' || state === null) refuse(label, 'the state of an answer', show(state), 'type')
  if (state.version !== version) refuse(`${label}.version`, `${version}, that of this run`, show(state.version))
  number(state.k, `${label}.k`, { integer: true, min: 0, max: 4503599627370496 })
  number(state.tau, `${label}.tau`, { positive: true })
  number(state.tauV, `${label}.tauV`, { positive: true })
  // JSON has no Infinity.
  if (state.radius !== Infinity && state.radius !== null) number(state.radius, `${label}.radius`, { positive: true })
  oneOf(state.updates, `${label}.updates`, ['all', 'sampled'])
}

const sameMoves = (a: Moves, b: Moves): boolean =>
  a.tau === b.tau && a.tauV === b.tauV && (a.radius ?? Infinity) === b.radius && a.updates === b.updates

/** Writes x - step d. */
function move(x: Float64Array, d: Float64Array, step: number, out: Float64Array): void {
  for (let j = 0; j < x.length; j++) out[j] = x[j] - step * d[j]
}

/** Writes the point of the ball that is nearest to v - step u. */
function moveInBall(v: Float64Array, u: Float64Array, step: number, radius: number, out: Float64Array): void {
  move(v, u, step, out)
  const reached = nrm2(out)
  if (!(reached > radius)) return
  for (let j = 0; j < v.length; j++) out[j] *= radius / reached
}

function lengthAfter(v: Float64Array, u: Float64Array, step: number): number {
  let sum = 0
  for (let j = 0; j < v.length; j++) sum += (v[j] - step * u[j]) * (v[j] - step * u[j])
  return Math.sqrt(sum)
}
