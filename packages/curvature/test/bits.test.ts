import { log } from '@opt/core'
import { fingerprint } from '@opt/testing/kernels'
import * as api from '../src/index.ts'
import { laplacian, wigner } from './matrices.ts'

/** The hash of all numbers of an answer. */
const digest = (answer: object): string =>
  fingerprint(
    Object.values(answer).flatMap((value) =>
      typeof value === 'object' ? flat(value) : typeof value === 'number' ? [value] : [],
    ),
  )

const flat = (x: { data?: Float64Array } | ArrayLike<number> | Float64Array[]): number[] =>
  Array.from(('data' in x && x.data) || (x as ArrayLike<number>)).flatMap((one) =>
    typeof one === 'number' ? [one] : [...one],
  )

// Made with Node 20; Node 24 gives the same.
const expected: Record<string, string> = {
  symmetricEigen: '485e6284',
  tridiagonalEigen: 'c7e1cddd',
  extremeEigen: '22403317',
  lanczos: '76e3937f',
  powerIteration: '9fbc54ca',
  hutchinson: '9f69d4c2',
  hutchPlusPlus: 'bdbeb5e4',
  diagonal: '2ac11223',
  traceOf: 'eb9f0c5a',
  spectralDensity: 'ab57bbda',
  spectrum: '1e3366a0',
  ritzValues: 'a391486e',
}

test.each<[string, () => object]>([
  ['symmetricEigen', () => api.symmetricEigen(wigner(70))],
  ['tridiagonalEigen', () => api.tridiagonalEigen(wigner(30)[0], wigner(29)[0])],
  ['extremeEigen', () => api.extremeEigen(laplacian, { count: 3, which: 'both', history: false })],
  ['lanczos', () => api.lanczos(laplacian, { steps: 20, history: false })],
  ['ritzValues', () => api.ritzValues(api.lanczos(laplacian, { steps: 20, history: false }))],
  [
    'spectrum',
    () => {
      const found = api.spectrum(laplacian, { probes: 2, steps: 20, history: false })
      const { rules, trace, density, sum, cumulative, extremes, ...rest } = found
      return { ...rest, ...density(), ...sum((x) => log(x + 1)), ...cumulative(3), ...extremes().highest }
    },
  ],
  ['powerIteration', () => api.powerIteration(laplacian, { maxIterations: 50, history: false })],
  ['hutchinson', () => api.hutchinson(laplacian, { probes: 20, history: false })],
  ['hutchPlusPlus', () => api.hutchPlusPlus(laplacian, { products: 30, history: false })],
  ['diagonal', () => api.diagonal(laplacian, { probes: 20, history: false })],
  ['traceOf', () => api.traceOf(laplacian, log, { probes: 3, steps: 20, history: false })],
  ['spectralDensity', () => api.spectralDensity(laplacian, { probes: 3, steps: 20, history: false })],
])('the same bits in every engine: %s', (name, run) => {
  expect(digest(run())).toBe(expected[name])
})
