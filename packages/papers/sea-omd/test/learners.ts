import { type Random, random } from '@opt/core'
import {
  adagradDiagonal,
  adagradNorm,
  type Box,
  ball,
  box,
  type Domain,
  type Learner,
  oftl,
  oftrl,
  ogd,
  ogdStrong,
  ons,
  product,
  type Simplex,
  seaConvex,
  seaDynamic,
  seaEntropic,
  seaExpConcave,
  seaImplicit,
  seaStrong,
  simplex,
} from '../src/index.ts'

/** A domain as golden files write it. */
// biome-ignore lint/suspicious/noExplicitAny: golden files are read as they are
export const goldenDomain = ({ type, ...options }: any): Domain =>
  type === 'ball' ? ball(options) : type === 'box' ? box(options) : simplex(options)

/** A domain of each kind in some dimensions, drawn by the generator. */
export function drawDomain(kind: string, dimension: number, rng: Random): Domain {
  const vector = (draw: () => number) => Float64Array.from({ length: dimension }, draw)
  if (kind === 'ball') return ball({ radius: rng.uniform(0.2, 4), center: vector(() => rng.normal()) })
  if (kind === 'simplex') return simplex({ dimension, total: rng.uniform(0.3, 5) })
  if (kind === 'product')
    return product([drawDomain('ball', dimension, rng), drawDomain('box', 2, rng), drawDomain('simplex', 3, rng)])
  const lower = vector(() => rng.uniform(-3, 1))
  const upper = lower.map((l, i) => l + (i === 1 ? 0 : rng.uniform(0.1, 3)))
  return box({ lower, upper })
}

/** Every learner that runs on a domain, with gradients of length at most G. */
export function learnersOn(domain: Domain, G = 3): Record<string, () => Learner> {
  const newton = domain.kind !== 'product'
  return {
    seaConvex: () => seaConvex({ domain, G, L: 0.1 }),
    seaConvexFree: () => seaConvex({ domain, delta: 0.5 }),
    seaStrong: () => seaStrong({ domain, lambda: 0.4 }),
    seaDynamic: () => seaDynamic({ domain, G, L: 0.05, horizon: 64 }),
    seaImplicit: () => withProx(seaImplicit({ domain, G })),
    oftrl: () => oftrl({ domain, nu: 1 }),
    oftl: () => oftl({ domain, mu: 0.5 }),
    ogd: () => ogd({ domain, G }),
    ogdStrong: () => ogdStrong({ domain, lambda: 0.4 }),
    adagradNorm: () => adagradNorm({ domain }),
    ...(newton && {
      seaExpConcave: () => seaExpConcave({ domain, G, alpha: 0.3 }),
      seaExpConcaveBeta: () => seaExpConcave({ domain, G, beta: 0.7 }),
      ons: () => ons({ domain, gamma: 0.3 }),
    }),
    ...(domain.kind === 'box' && { adagradDiagonal: () => adagradDiagonal({ domain: domain as Box }) }),
    ...(domain.kind === 'simplex' && { seaEntropic: () => seaEntropic({ domain: domain as Simplex, G }) }),
  }
}

/** The implicit learner on linear losses: argmin <g, x> + ||x - z||^2 / (2 eta). */
function withProx(learner: ReturnType<typeof seaImplicit>): Learner {
  const update = learner.update.bind(learner)
  learner.update = (gradient) =>
    update(gradient, (z, eta) => {
      const g = typeof gradient === 'function' ? gradient(learner.predict()) : gradient
      const subgradient = Float64Array.from(g as ArrayLike<number>)
      return { x: learner.domain.project(z.map((v, i) => v - eta * subgradient[i])), subgradient }
    })
  return learner
}

/** Gradients of many tempers, none longer than G: noise, constants, alternation, repeats, zeros, spikes, drift. */
export function drawGradients(seed: number, rounds: number, dimension: number, temper: string, G = 3): Float64Array[] {
  const rng = random(seed)
  const fixed = Float64Array.from({ length: dimension }, () => rng.normal())
  const list = Array.from({ length: rounds }, (_, t) => {
    const noise = Float64Array.from({ length: dimension }, () => rng.normal())
    if (temper === 'noise') return noise
    if (temper === 'constant') return fixed.slice()
    if (temper === 'alternating') return fixed.map((v) => (t % 2 ? v : -v))
    if (temper === 'zeros') return t % 3 === 0 ? fixed.slice() : new Float64Array(dimension)
    if (temper === 'spikes') return rng.uniform() < 0.1 ? noise.map((v) => 1e3 * v) : noise.map((v) => 1e-6 * v)
    return fixed.map((v, i) => v * (1 - (2 * t) / rounds) + 0.1 * noise[i])
  })
  for (const g of list) {
    const length = Math.sqrt(g.reduce((s, v) => s + v * v, 0))
    if (length > G) g.forEach((v, i) => (g[i] = (v * G) / length))
  }
  return list
}

export const TEMPERS = ['noise', 'constant', 'alternating', 'zeros', 'spikes', 'drift']
export const KINDS = ['ball', 'box', 'simplex', 'product']

const SHAPES: Record<string, (t: number, i: number, normal: () => number) => number> = {
  'doubling every round': (t, _, normal) => 2 ** t * normal(),
  'growing by 1.1 a round': (t, _, normal) => 1.1 ** t * normal(),
  'huge and tiny in turn': (t, _, normal) => (t % 2 ? 1e-40 : 1e40) * normal(),
  'one huge, then ordinary': (t, _, normal) => (t === 3 ? 1e59 : 1) * normal(),
  'on one line but for the first': (t, i, normal) => (t < 3 ? normal() : 2 ** t * (i + 1)),
  'on one line, shrinking': (t, i) => 1e59 * 0.5 ** t * (i + 1),
  'shrinking by a thousand a round': (t, _, normal) => 1e50 * 1e-3 ** t * normal(),
  'the same huge one, then zeros': (t, i) => (t < 8 ? 1e58 * (i + 1) : 0),
}
export const GROWTH = Object.keys(SHAPES)

/** The gradient of round t in n dimensions; its length is cut at 1e60. */
export function growing(shape: string, t: number, n: number, normal: () => number): number[] {
  const g = Array.from({ length: n }, (_, i) => SHAPES[shape](t, i, normal))
  const longest = Math.max(...g.map(Math.abs))
  return longest > 1e59 ? g.map((v) => (v / longest) * 1e59) : g
}
