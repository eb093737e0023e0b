import { callback, calling, show } from '@opt/core'
import { checkMdp, type LinearMdp } from './linear-mdp.ts'

/** What is used of the solver that the package highs loads. */
export interface LinearProgramSolver {
  solve(program: string): { Status: string; ObjectiveValue: number }
}

/**
 * Returns the value of the game against {@link counter}: the least, over all policies, of sum_h max_i E phi_{h,i}, by a
 * linear program over occupancies with H S A + H variables.
 *
 * @param highs `await load()`, where `load` is the default export of the package highs.
 * @throws Error when the solver finds no optimum.
 */
export function gameValue(mdp: LinearMdp, highs: LinearProgramSolver): number {
  calling('gameValue', () => {
    checkMdp(mdp)
    callback(highs?.solve, 'highs.solve')
  })
  const { horizon: H, states: S, actions: A, dimension: d, phi, transitions, startProbabilities } = mdp
  const rows: string[] = []
  const name = (h: number, x: number, a: number) => `q${h}_${x}_${a}`
  for (let h = 0; h < H; h++)
    for (let x = 0; x < S; x++) {
      const terms = Array.from({ length: A }, (_, a): [number, string] => [1, name(h, x, a)])
      if (h > 0)
        for (let row = 0; row < S * A; row++)
          terms.push([-transitions[((h - 1) * S * A + row) * S + x], name(h - 1, Math.floor(row / A), row % A)])
      rows.push(`${linear(terms)} = ${h === 0 ? startProbabilities[x] : 0}`)
    }
  for (let h = 0; h < H; h++)
    for (let i = 0; i < d; i++) {
      const terms: [number, string][] = [[1, `t${h}`]]
      for (let row = 0; row < S * A; row++)
        terms.push([-phi[(h * S * A + row) * d + i], name(h, Math.floor(row / A), row % A)])
      rows.push(`${linear(terms)} >= 0`)
    }
  const bounds = Array.from({ length: H }, (_, h) => ` t${h} free`)
  const goal = linear(Array.from({ length: H }, (_, h) => [1, `t${h}`]))
  const answer = highs.solve(
    `Minimize\n obj: ${goal}\nSubject To\n${rows.map((row, k) => ` c${k}: ${row}`).join('\n')}\nBounds\n${bounds.join('\n')}\nEnd\n`,
  )
  if (answer?.Status !== 'Optimal' || !Number.isFinite(answer.ObjectiveValue))
    throw new Error(`gameValue: highs ended with the status ${show(answer?.Status)}`)
  return answer.ObjectiveValue
}

/** Writes a sum; a line for each term, as the format limits their length. */
const linear = (terms: [number, string][]): string =>
  terms
    .filter(([factor]) => factor !== 0)
    .map(([factor, name]) => `${factor < 0 ? '-' : '+'} ${Math.abs(factor)} ${name}`)
    .join('\n  ')
