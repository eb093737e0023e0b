import { calling, number, options as optionsOf, type Random, randomFrom, refuse } from '@opt/core'
import { Network, type Wiring } from './network.ts'
import type { Precision } from './program.ts'
import { checkSettings } from './settings.ts'
import type { Node } from './tape.ts'

/** Options of {@link paperNetwork}. */
export interface PaperOptions {
  /** Default 16. */
  channels?: number | undefined
  /** Residual pairs on the coarse grid. Default 3; 4 in the paper's model for 128^3. */
  coarsePairs?: number | undefined
  /** Residual pairs on the fine grid, after it. Default 2; 3 in the paper's model for 128^3. */
  finePairs?: number | undefined
  /** Of the grids. Default 3. */
  dimension?: 2 | 3 | undefined
  /** Of weights and activations. Default 'float32'. */
  precision?: Precision | undefined
  /** Of the initial weights, uniform on (-1, 1) / sqrt(fan in). Default 0. */
  seed?: number | Random | undefined
}

/**
 * Makes the paper's network (Kaneda et al. 2023, official code): two levels, convolutions with biases and max(0, .).
 * The numbers of cells must be even.
 *
 * @throws TypeError or RangeError when an option is wrong.
 */
export function paperNetwork(options?: PaperOptions): Network {
  return calling(
    'paperNetwork',
    () => {
      const {
        channels = 16,
        coarsePairs = 3,
        finePairs = 2,
        dimension = 3,
        precision = 'float32',
        seed = 0,
      } = optionsOf(options, 'options', ['channels', 'coarsePairs', 'finePairs', 'dimension', 'precision', 'seed'])
      number(coarsePairs, 'coarsePairs', { integer: true, min: 0, max: 64 })
      number(finePairs, 'finePairs', { integer: true, min: 0, max: 64 })
      checkSettings({ channels, dimension, precision })
      const rng = randomFrom(seed, 'seed')
      const wiring = wiringOf(channels, coarsePairs, finePairs, dimension, precision)
      const network = new Network(wiring)
      for (const [name, [to, from, taps]] of wiring.parts) {
        const part = network.weights[name]
        // Biases have the shape of their channels alone and start at 0.
        if (from) for (let k = 0; k < to * from * taps; k++) part[k] = rng.uniform(-1, 1) / Math.sqrt(from * taps)
      }
      return network
    },
    true,
  )
}

function wiringOf(
  channels: number,
  coarsePairs: number,
  finePairs: number,
  dimension: 2 | 3,
  precision: Precision,
): Wiring {
  const taps = dimension === 2 ? 9 : 27
  const names = (prefix: string, n: number) => Array.from({ length: n }, (_, i) => `${prefix}.${i}`)
  const inner = [...names('start', 4), ...names('coarse', 2 * coarsePairs), ...names('fine', 2 * finePairs)]
  const layer = (name: string, to: number, from: number, size: number) =>
    [
      [name, [to, from, size]],
      [`${name}.bias`, [to]],
    ] as const
  return {
    kind: 'paper',
    options: { channels, coarsePairs, finePairs, dimension, precision },
    dimension,
    precision,
    parts: [
      ...layer('first', channels, 1, taps),
      ...inner.flatMap((name) => layer(name, channels, channels, taps)),
      ...layer('last', 1, channels, 1),
    ],
    accept(shape, label) {
      shape.forEach((size, i) => {
        if (size % 2 === 1) refuse(`${label}[${i}]`, 'even', `${size}`)
      })
    },
    record(tape, input, filter) {
      const R = (x: Node, name: string) => tape.convolve(x, filter(name), { relu: true })
      const pairs = (x: Node, prefix: string, n: number) => {
        for (let i = 0; i < n; i++) x = tape.add(R(R(x, `${prefix}.${2 * i}`), `${prefix}.${2 * i + 1}`), x)
        return x
      }
      let a = R(tape.convolve(input, filter('first')), 'start.0')
      let b = R(a, 'start.1')
      a = tape.add(R(b, 'start.2'), a)
      b = R(a, 'start.3')
      const coarse = pairs(tape.pool(b), 'coarse', coarsePairs)
      return tape.convolve(pairs(tape.upsample(coarse, b, -1), 'fine', finePairs), filter('last'))
    },
  }
}
