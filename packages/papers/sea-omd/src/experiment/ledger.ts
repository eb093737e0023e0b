import type { ExperimentContext } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { type Environment, type Learner, type PlayAnswer, type PlayOptions, type PlayReport, play } from '../index.ts'

/** A run and its reports. */
export type Played = PlayAnswer & { history: PlayReport[] }

/**
 * Plays, and records whether the certificate held in each run and whether the mean of each group of runs was
 * within the bound.
 */
export class Ledger {
  runs = 0
  broken = 0
  readonly #groups = new Map<string, { regret: number; bound: number }>()

  play(learner: Learner, environment: Environment, options: PlayOptions = {}): Played {
    const answer = play(learner, environment, { every: environment.rounds, ...options })
    if (answer.certificate !== undefined) {
      this.runs++
      if (answer.linearRegret > answer.certificate) this.broken++
    }
    return answer
  }

  /** Records the mean regret of one learner in one kind of world, and its mean bound there. */
  group(key: string, answers: PlayAnswer[]): void {
    const bounded = answers.filter(({ bound }) => bound !== undefined)
    if (bounded.length === 0) return
    this.#groups.set(key, { regret: mean(bounded.map((a) => a.regret)), bound: mean(bounded.map((a) => a.bound!)) })
  }

  judge(context: ExperimentContext): void {
    const groups = [...this.#groups.values()]
    const held = groups.filter(({ regret, bound }) => regret <= bound).length
    context.claim({
      claim: 'In every run the linearised regret is at most the certificate',
      paper: 'derived, any gradients',
      ours: `${this.runs - this.broken} of ${this.runs} runs`,
      pass: this.broken === 0 && this.runs > 0,
    })
    context.claim({
      claim: 'The mean regret is at most the bound',
      paper: 'derived, in expectation',
      ours: `${held} of ${groups.length} learners and worlds`,
      pass: held === groups.length && held > 0,
    })
  }
}

/** 0 .. n - 1. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Least-squares slope of y over x. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)]
  const top = x.reduce((s, v, i) => s + (v - mx) * (y[i] - my), 0)
  return top / x.reduce((s, v) => s + (v - mx) * (v - mx), 0)
}

/** Formats a number for a table. */
export const shown = (v: number): string => (Math.abs(v) >= 1000 ? v.toFixed(0) : v.toPrecision(3))
