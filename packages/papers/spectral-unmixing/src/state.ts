import { decodeFloats, encodeFloats, number, oneOf, options as optionsOf, refuse, show } from '@opt/core'
import { checkedGuidance, type Guidance } from './guidance.ts'
import type { Loss, Model } from './model.ts'

/** A saved run, plain JSON, exact to the bit: arrays are base64 of their little-endian bytes. */
export interface UnmixState {
  iteration: number
  loss: Loss
  guidance: Guidance
  /** lambda and rho, and the data's unit: what it was divided by. */
  sparsity: number
  sumToOne: number
  unit: number
  bands: number
  pixels: number
  endmembers: number
  /** K rows of bands; pixels x K; pixels. */
  spectra: string
  abundances: string
  map: string
  /** The objective at the start and after up to ten iterations, the last ones. */
  objectives: number[]
}

/** What a state has decided. */
export interface Decided {
  loss: Loss
  guidance: Guidance
}

/** Saves a run. */
export function saveState(
  model: Model,
  { loss, guidance }: Decided,
  { iteration, unit, objectives }: { iteration: number; unit: number; objectives: number[] },
): UnmixState {
  const { bands, pixels, K, sparsity, sumToOne } = model
  const { M, A, h } = model.saved()
  return {
    iteration,
    loss,
    guidance: { ...guidance },
    sparsity,
    sumToOne,
    unit,
    bands,
    pixels,
    endmembers: K,
    spectra: encodeFloats(M),
    abundances: encodeFloats(A),
    map: encodeFloats(h),
    objectives: [...objectives],
  }
}

/** Checks what a state says of the problem: it must be that of the arguments. */
export function decidedBy(
  given: UnmixState,
  problem: { bands: number; pixels: number; endmembers: number; unit: number },
): Decided {
  const state = optionsOf(given, 'resume')
  for (const [name, value] of Object.entries(problem))
    if (state[name as keyof typeof problem] !== value)
      refuse(`resume.${name}`, `${value}, that of the arguments`, show(state[name as keyof typeof problem]))
  oneOf(state.loss, 'resume.loss', ['l21', 'frobenius'])
  return { loss: state.loss, guidance: checkedGuidance(state.guidance, problem.pixels, problem.endmembers) }
}

/**
 * Loads a run into a model; returns the number of its iteration and its objectives.
 *
 * @throws TypeError or RangeError that names the wrong part of the state.
 */
export function loadState(model: Model, state: UnmixState): { iteration: number; objectives: number[] } {
  const { bands, pixels, K } = model
  const positive = (text: unknown, length: number, label: string) => {
    const values = decodeFloats(text, Float64Array, length, label)
    const wrong = values.findIndex((v) => !(v > 1e-300 && v < 1e300))
    return wrong < 0 ? values : refuse(label, 'of positive numbers', show(values[wrong]))
  }
  const h = decodeFloats(state.map, Float64Array, pixels, 'resume.map')
  if (h.some((v) => !(v >= 0 && v < 1))) refuse('resume.map', 'of numbers from 0 to below 1', 'others')
  const { objectives } = state
  if (!Array.isArray(objectives)) refuse('resume.objectives', 'an array', show(objectives), 'type')
  const iteration = number(state.iteration, 'resume.iteration', { integer: true, min: 0 })
  const count = Math.min(iteration, 10) + 1
  if (objectives.length !== count) refuse('resume.objectives', `of length ${count}`, `length ${objectives.length}`)
  objectives.forEach((v, i) => {
    number(v, `resume.objectives[${i}]`, { nonnegative: true })
  })
  model.sparsity = number(state.sparsity, 'resume.sparsity', { nonnegative: true })
  model.sumToOne = number(state.sumToOne, 'resume.sumToOne', { nonnegative: true })
  model.restore(
    positive(state.spectra, K * bands, 'resume.spectra'),
    positive(state.abundances, pixels * K, 'resume.abundances'),
    h,
  )
  return { iteration, objectives: [...objectives] }
}
