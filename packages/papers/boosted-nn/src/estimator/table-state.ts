import {
  encodeFloats,
  type Label,
  number,
  options as optionsOf,
  Random,
  type RandomState,
  refuse,
  show,
} from '@opt/core'
import type { BoostingState } from '../boosted-network.ts'
import type { Coding } from './model.ts'
import type { TableOptions } from './table-options.ts'

/** A saved fit of {@link BoostedNetwork}, plain JSON. */
export interface TableState {
  /** All of its stages, with those that early stopping cuts off. */
  run: BoostingState
  /** What the draws began with: they set the same rows aside. */
  random: RandomState
  best: SavedBest
  table: TableKey
}

/** The stage with the least validation loss so far. */
export interface SavedBest {
  stage: number
  /** null before there is one, or where it overflows. */
  loss: number | null
}

/** By what the rows of a fit are known again. */
export interface TableKey {
  rows: number
  classes: Label[] | null
  standardize: boolean
  validationFraction: number
  /** Means and scales of features and targets, base64 of their little-endian float64 bytes. */
  scaling: string
}

/** The key of a table. */
export function keyOf(
  rows: number,
  { classes, mean, scale, targetMean, targetScale }: Coding,
  { standardize = true, validationFraction = 0 }: TableOptions,
): TableKey {
  const scaling = encodeFloats(Float64Array.from([...mean, ...scale, ...targetMean, ...targetScale]))
  return { rows, classes: classes && [...classes], standardize, validationFraction, scaling }
}

/** Refuses to go on with other rows, or other options that change them. */
export function checkKey(given: TableKey, own: TableKey): void {
  const saved = optionsOf(given, 'resume.table')
  for (const name of ['rows', 'standardize', 'validationFraction', 'classes', 'scaling'] as const) {
    const [was, is] = [saved[name], own[name]].map((value) => JSON.stringify(value))
    if (was === is) continue
    if (name === 'scaling') refuse('resume.table.scaling', 'that of the same X and y', 'that of others')
    refuse(`resume.table.${name}`, `${is}, as in this fit`, show(saved[name]))
  }
}

interface Best {
  stage: number
  loss: number
}

export const savedBest = ({ stage, loss }: Best): SavedBest => ({
  stage,
  loss: Number.isFinite(loss) ? loss : null,
})

/** Checks what a saved fit adds to its run, and restores the draws. */
export function savedFit(state: TableState): { run: BoostingState; random: Random; best: Best } {
  const { run, random, best } = optionsOf(state, 'resume')
  const count = number(optionsOf(run, 'resume.run').count, 'resume.run.count', { integer: true, min: 1 })
  const { stage, loss } = optionsOf(best, 'resume.best')
  return {
    run,
    random: new Random(random),
    best: {
      stage: number(stage, 'resume.best.stage', { integer: true, min: 1, max: count }),
      loss: loss === null ? Infinity : number(loss, 'resume.best.loss'),
    },
  }
}
