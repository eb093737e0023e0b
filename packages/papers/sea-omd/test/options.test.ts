import { random } from '@opt/core'
import { l1Ball, orthant } from '@opt/sets'
import {
  adagradDiagonal,
  adagradNorm,
  ball,
  bounds,
  box,
  comparators,
  environments,
  logisticStream,
  oftl,
  oftrl,
  ogd,
  ogdStrong,
  ons,
  play,
  product,
  seaConvex,
  seaDynamic,
  seaEntropic,
  seaExpConcave,
  seaImplicit,
  seaStrong,
  simplex,
} from '../src/index.ts'

const disc = ball({ dimension: 2 })
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
const wrong = (value: unknown): any => value

describe('options out of range are refused by name', () => {
  const segment = box({ lower: [0], upper: [0] })
  const cases: [() => unknown, RegExp][] = [
    [() => ball({ dimension: 2, radius: 0 }), /^ball: radius must be a positive number, got 0/],
    [() => ball({ dimension: 0 }), /^ball: dimension must be an integer of at least 1/],
    [() => ball({}), /^ball: dimension must be given/],
    [() => ball({ dimension: 3, center: [1] }), /^ball: center must be of length 3/],
    [() => ball({ dimension: 3, radius: Infinity }), /^ball: radius/],
    [() => box({ lower: [1], upper: [0] }), /^box: lower\[0\] must be at most upper\[0\] = 0, got 1/],
    [() => box({ lower: [0, -Infinity], upper: 1 }), /^box: .*\[1\] must be a finite number/],
    [() => box({}), /^box: dimension/],
    [() => box({ dimension: 1.5 }), /^box: dimension/],
    [() => simplex({ dimension: 3, total: 0 }), /^simplex: total must be a positive number/],
    [() => simplex({ dimension: 0 }), /^simplex: dimension/],
    [() => product([]), /^product: parts must be nonempty/],
    [() => product(wrong([7])), /^product: parts\[0\] must be a convex set/],
    [() => product(wrong('x')), /^product: parts/],
    [() => disc.project([1]), /^ball.project: y must be of length 2/],
    [() => disc.contains([NaN, 0]), /^ball.contains: x\[0\]/],
    [() => disc.contains([0, 0], -1), /^ball.contains: tolerance/],
    [() => disc.projectMetric([5, 0], [[1, 0]]), /^ball.projectMetric: H must be of shape \[2, 2\]/],
    [
      () =>
        disc.projectMetric(
          [5, 0],
          wrong([
            [1, 2],
            [0, 1],
          ]),
        ),
      /^ball.projectMetric: H must be symmetric/,
    ],
    [
      () =>
        disc.projectMetric(
          [5, 0],
          wrong([
            [1, 0],
            [0, -1],
          ]),
        ),
      /^ball.projectMetric: H must be positive definite/,
    ],
    [
      () =>
        product([disc]).projectMetric(
          [5, 0],
          wrong([
            [1, 0],
            [0, 1],
          ]),
        ),
      /^product.projectMetric: set/,
    ],
    [() => seaConvex({ domain: wrong(7) }), /^seaConvex: domain must be a convex set, got 7/],
    [() => seaConvex({ domain: disc, G: 0 }), /^seaConvex: G must be a positive number, got 0/],
    [() => seaConvex({ domain: disc, G: NaN }), /^seaConvex: G/],
    [() => seaConvex({ domain: disc, G: 1, L: -1 }), /^seaConvex: L/],
    [() => seaConvex({ domain: disc, G: 1, delta: -1 }), /^seaConvex: delta must be a nonnegative number/],
    [() => seaConvex({ domain: disc, delta: 0 }), /^seaConvex: delta must be positive when G is not given/],
    [() => seaConvex({ domain: segment, G: 1 }), /^seaConvex: domain must be of positive diameter/],
    [() => seaConvex({ domain: disc, G: 1, start: [2, 2] }), /^seaConvex: start must be a point of the domain/],
    [() => seaConvex({ domain: disc, G: 1, start: [0] }), /^seaConvex: start must be of length 2/],
    [() => seaStrong({ domain: disc, lambda: 0 }), /^seaStrong: lambda/],
    [() => seaStrong(wrong({ domain: disc })), /^seaStrong: lambda must be a positive number, got undefined/],
    [() => seaExpConcave({ domain: disc, G: 1 }), /^seaExpConcave: alpha must be given/],
    [() => seaExpConcave({ domain: disc, G: 1, alpha: 0 }), /^seaExpConcave: alpha/],
    [() => seaExpConcave({ domain: disc, G: 1, beta: 0 }), /^seaExpConcave: beta/],
    [() => seaExpConcave({ domain: product([disc]), G: 1, beta: 1 }), /^seaExpConcave: domain/],
    [() => seaExpConcave({ domain: segment, G: 1, beta: 1 }), /^seaExpConcave: domain/],
    [() => seaDynamic({ domain: disc, G: 1, L: 1, horizon: 0 }), /^seaDynamic: horizon/],
    [() => seaDynamic({ domain: disc, G: 1, L: 0, horizon: 9 }), /^seaDynamic: L/],
    [() => seaDynamic({ domain: disc, G: 1, L: 1, horizon: 9 }).certificate(-1), /^seaDynamic.certificate: pathLength/],
    [() => seaImplicit({ domain: disc }), /^seaImplicit: delta/],
    [() => seaEntropic({ domain: wrong(disc), G: 1 }), /^seaEntropic: domain must be a simplex, got a ball/],
    [() => seaEntropic({ domain: simplex({ dimension: 2 }), G: 1, start: [0, 1] }), /^seaEntropic: start\[0\]/],
    [() => oftrl({ domain: disc }), /^oftrl: nu/],
    [() => oftrl({ domain: disc, nu: 0 }), /^oftrl: nu/],
    [() => oftl({ domain: disc, mu: -1 }), /^oftl: mu/],
    [() => ogd({ domain: disc, G: 0 }), /^ogd: G/],
    [() => ogdStrong({ domain: disc, lambda: 0 }), /^ogdStrong: lambda/],
    [() => adagradNorm({ domain: disc, k: 0 }), /^adagradNorm: k/],
    [() => ons({ domain: l1Ball({ dimension: 2 }), G: 1 }), /^ons: domain must be a ball, box or simplex/],
    [() => ogd({ domain: orthant({ dimension: 2 }), G: 1 }), /^ogd: domain must be bounded, got an unbounded orthant/],
    [() => adagradDiagonal({ domain: wrong(disc) }), /^adagradDiagonal: domain must be a box, got a ball/],
    [() => ons({ domain: disc, gamma: 0 }), /^ons: gamma/],
    [() => ons({ domain: disc }), /^ons: gamma/],
    [() => bounds.convex({ D: 0, G: 1, L: 1, sigma2: 1, Sigma2: 1 }), /^bounds.convex: D/],
    [() => bounds.convex({ D: 1, G: 1, L: 1, sigma2: -1, Sigma2: 1 }), /^bounds.convex: sigma2/],
    [() => bounds.oftrl(wrong({ D: 1, G: 1, L: 1, sigma2: 1, Sigma2: 1 })), /^bounds.oftrl: nu/],
    [() => comparators.logistic([[1]], [2], { radius: 1 }), /^comparators.logistic: y\[0\] must be -1 or \+1/],
    [() => comparators.leastSquares([[1]], [2], { radius: 0 }), /^overBall: radius/],
    [() => environments.iid(random(0), { rounds: 0 }), /^environments.multiscale: rounds/],
    [() => environments.multiscale(random(0), { rounds: 5, sigma: -1 }), /^environments.multiscale: sigma/],
    [() => environments.corrupted(random(0), { rounds: 5, corruptions: 6 }), /^environments.corrupted: corruptions/],
    [() => environments.randomOrder(random(0), { size: 0 }), /^environments.randomOrder: size/],
    [() => environments.slowShift(random(0), { rounds: 5, epsilon: 0 }), /^environments.slowShift: epsilon/],
    [() => environments.abruptShift(random(0), { rounds: 5, jumps: 5 }), /^environments.abruptShift: jumps/],
    [() => environments.labelShift(random(0), { rounds: 5, accuracy: 0.2 }), /^environments.labelShift: accuracy/],
    [
      () => play(ogd({ domain: disc, G: 1 }), environments.iid(random(0), { rounds: 5 })),
      /^play: learner must be of dimension 10/,
    ],
    [() => playing({ rounds: 6 }), /^play: rounds must be an integer from 1 to 5, got 6/],
    [() => playing({ every: 0 }), /^play: every must be a positive integer, got 0/],
    [() => logisticStream({ learner: ogd({ domain: disc, G: 1 }), scale: 0 }), /^logisticStream: scale/],
    [() => logisticStream(wrong({})), /^logisticStream: learner/],
  ]
  const playing = (options: object) =>
    play(ogd({ domain: box({ dimension: 10 }), G: 1 }), environments.iid(random(0), { rounds: 5 }), options)
  test.each(cases.map(([make, message]) => [message.source.replaceAll('\\\\', ''), make, message] as const))(
    '%s',
    (_, make, message) => {
      expect(make).toThrow(message)
    },
  )
})
