import { calling, number, options as optionsOf } from '@opt/core'
import { type LinearMdp, linearMdp } from './linear-mdp.ts'

/** A world, and losses that do not change. */
export interface DeepPath {
  mdp: LinearMdp
  /** H x 3. */
  theta: number[][]
}

/**
 * Returns a world in which the best policy is found only by following a path to its end: on the path (state 0) one of
 * three actions stays on it for the loss .07, except in the last layer, where it costs nothing; every other action
 * leaves it for the loss .6 once and for all. Leaving at once costs .6, the whole path .07 (horizon - 1).
 *
 * @param options horizon: the number of layers, at least 2, default 7.
 */
export function deepPath(options: { horizon?: number } = {}): DeepPath {
  return calling('deepPath', () => {
    const { horizon = 7 } = optionsOf(options, 'options', ['horizon'])
    number(horizon, 'horizon', { integer: true, min: 2, max: 1000 })
    const layers = [...Array(horizon).keys()]
    const on = (h: number) => [0, 1, 2].map((a) => (a === h % 3 ? [1, 0, 0] : [0, 1, 0]))
    const off = [0, 1, 2].map(() => [0, 0, 1])
    const mdp = linearMdp({
      features: layers.map((h) => [on(h), off]),
      nextStates: layers.slice(1).map(() => [
        [1, 0],
        [0, 1],
        [0, 1],
      ]),
    })
    return { mdp, theta: layers.map((h) => [h === horizon - 1 ? 0 : 0.07, 0.6, 0]) }
  })
}
