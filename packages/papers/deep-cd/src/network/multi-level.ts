import { calling, number, oneOf, options as optionsOf, type Random, randomFrom } from '@opt/core'
import { canHalve } from './grid.ts'
import { Network, type Wiring } from './network.ts'
import type { Precision } from './program.ts'
import { checkSettings } from './settings.ts'
import type { Filter, Node, Tape } from './tape.ts'

/** Options of {@link multiLevelNetwork}. */
export interface MultiLevelOptions {
  /** Default 4. */
  channels?: number | undefined
  /** Between the two convolutions of a pair: none, or max(0, .). Default 'linear'. */
  activation?: 'linear' | 'relu' | undefined
  /** At most so many grids, each half the size of the last. Default 32: as many as can be halved. */
  levels?: number | undefined
  /** Of the grids. Default 2. */
  dimension?: 2 | 3 | undefined
  /** Of weights and activations. Default 'float32'. */
  precision?: Precision | undefined
  /** Of the initial weights, uniform on (-1, 1) / sqrt(fan in). Default 0. */
  seed?: number | Random | undefined
}

/**
 * Makes a recursive network without biases, so that f(c r) = c f(r) for c > 0: on each level two residual pairs of
 * convolutions, between them the same on means over 2^d cells, down to grids too small or odd to halve. The finest
 * level has weights of its own, all coarser ones share theirs. With 4 channels: 1194 parameters in two dimensions. The
 * linear one is a learned multigrid cycle.
 *
 * @throws TypeError or RangeError when an option is wrong.
 */
export function multiLevelNetwork(options?: MultiLevelOptions): Network {
  return calling(
    'multiLevelNetwork',
    () => {
      const {
        channels = 4,
        activation = 'linear',
        levels = 32,
        dimension = 2,
        precision = 'float32',
        seed = 0,
      } = optionsOf(options, 'options', ['channels', 'activation', 'levels', 'dimension', 'precision', 'seed'])
      oneOf(activation, 'activation', ['linear', 'relu'])
      number(levels, 'levels', { integer: true, min: 1, max: 32 })
      checkSettings({ channels, dimension, precision })
      const network = new Network(wiringOf(channels, activation, levels, dimension, precision))
      draw(network, randomFrom(seed, 'seed'), dimension)
      return network
    },
    true,
  )
}

function wiringOf(
  channels: number,
  activation: 'linear' | 'relu',
  levels: number,
  dimension: 2 | 3,
  precision: Precision,
): Wiring {
  const taps = dimension === 2 ? 9 : 27
  const pair = (name: string) => [0, 1].map((i) => [`${name}.${i}`, [channels, channels, taps]] as const)
  const relu = activation === 'relu'
  return {
    kind: 'multiLevel',
    options: { channels, activation, levels, dimension, precision },
    dimension,
    precision,
    parts: [
      ['scale', [2]],
      ['first', [channels, 1, taps]],
      ...['before.fine', 'before.coarse', 'after.fine', 'after.coarse'].flatMap(pair),
      ['last', [1, channels, 1]],
    ],
    accept() {},
    record(tape, input, filter, place) {
      const level = (x: Node, depth: number): Node => {
        const name = depth === 0 ? 'fine' : 'coarse'
        let y = residualPair(tape, x, `before.${name}`, relu, filter)
        if (depth + 1 < levels && canHalve(y.grid, 8))
          y = tape.upsample(level(tape.pool(y), depth + 1), y, place('scale') + Math.min(depth, 1))
        return residualPair(tape, y, `after.${name}`, relu, filter)
      }
      return tape.convolve(level(tape.convolve(input, filter('first')), 0), filter('last'))
    },
  }
}

/** x + W2 act(W1 x). */
function residualPair(tape: Tape, x: Node, name: string, relu: boolean, filter: (name: string) => Filter): Node {
  return tape.convolve(tape.convolve(x, filter(`${name}.0`), { relu }), filter(`${name}.1`), { residual: x })
}

/** Draws weights of the size that keeps activations at theirs; the scales start at 2. */
function draw({ weights }: Network, rng: Random, dimension: 2 | 3): void {
  const taps = dimension === 2 ? 9 : 27
  for (const [name, part] of Object.entries(weights)) {
    if (name === 'scale') part.fill(2)
    else {
      const channels = weights.last.length
      const fanIn = name === 'first' ? taps : name === 'last' ? channels : channels * taps
      for (let k = 0; k < part.length; k++) part[k] = rng.uniform(-1, 1) / Math.sqrt(fanIn)
    }
  }
}
