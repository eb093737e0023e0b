import type { ExperimentContext } from '@opt/core'
import type { Environment } from '../environments/environment.ts'
import type { Learner } from '../learner.ts'
import { type PlayAnswer, type PlayOptions, type PlayReport, play } from '../play.ts'

/** A run and its reports. */
export type Played = PlayAnswer & { history: PlayReport[] }

/** Plays, and remembers of every run whether the certificate held and, of every group of runs, whether the mean kept the bound. */
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

  /** Mean regret of one learner in one kind of world against the mean bound there. */
  group(key: string, answers: PlayAnswer[]): void {
    const bounded = answers.filter(({ bound }) => bound !== undefined)
    if (bounded.length === 0) return
    this.#groups.set(key, { regret: mean(bounded.map((a) => a.regret)), bound: mean(bounded.map((a) => a.bound!)) })
  }

  judge(context: ExperimentContext): void {
    const groups = [...this.#groups.values()]
    const kept = groups.filter(({ regret, bound }) => regret <= bound).length
    context.claim({
      claim: 'In every run the linearised regret is at most the certificate',
      paper: 'derived, any gradients',
      ours: `${this.runs - this.broken} of ${this.runs} runs`,
      pass: this.broken === 0 && this.runs > 0,
    })
    context.claim({
      claim: 'The mean regret is at most the bound',
      paper: 'derived, in expectation',
      ours: `${kept} of ${groups.length} learners and worlds`,
      pass: kept === groups.length && kept > 0,
    })
  }
}

export const mean = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0) / values.length

/** 0 .. n-1. */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Least-squares slope of y over x. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)]
  const top = x.reduce((s, v, i) => s + (v - mx) * (y[i] - my), 0)
  return top / x.reduce((s, v) => s + (v - mx) * (v - mx), 0)
}

/** A number as a table shows it. */
export const shown = (v: number): string => (Math.abs(v) >= 1000 ? v.toFixed(0) : v.toPrecision(3))
