import { golden } from '@opt/testing'
import {
  alignmentPenalty,
  colourDigits,
  type DomainDistance,
  domainDistance,
  headOracle,
  rotateImages,
  type TransferBound,
  transferBound,
  transferMeasure,
} from '../src/index.ts'

type Matrix = number[][]

/** Compares every entry: |a - b| <= relative max|b| + absolute. */
function close(ours: ArrayLike<number>, theirs: ArrayLike<number>, relative: number, absolute = 0): void {
  expect(ours.length).toBe(theirs.length)
  let largest = 0
  for (let i = 0; i < theirs.length; i++) largest = Math.max(largest, Math.abs(theirs[i]))
  let worst = 0
  for (let i = 0; i < theirs.length; i++) worst = Math.max(worst, Math.abs(ours[i] - theirs[i]))
  expect(worst).toBeLessThanOrEqual(relative * largest + absolute)
}

interface HeadCase {
  loss: string
  bias: boolean
  features: Matrix
  targets: number[] | Matrix
  theta: Matrix
  value: number
  gradient: Matrix
  direction: Matrix
  hvp: Matrix
  hgp: Matrix
  diagonal: Matrix
  gradientVariance: Matrix
  irm: number
  hessian?: Matrix
}

const heads = golden<HeadCase[]>(import.meta.url, 'head.json')

describe('head oracles are those of torch double backward', () => {
  test.each(heads.map((c, i) => [i, c] as const))('head %i', (_, c) => {
    const head = c.bias ? { theta: c.theta } : { weight: c.theta }
    const oracle = headOracle({ features: c.features, targets: c.targets }, head)
    close([oracle.value, oracle.irm()], [c.value, c.irm], 1e-12, 1e-14)
    close(oracle.gradient(), c.gradient.flat(), 1e-12, 1e-14)
    close(oracle.hvp(c.direction), c.hvp.flat(), 1e-12, 1e-14)
    close(oracle.hgp(), c.hgp.flat(), 1e-12, 1e-14)
    close(oracle.diagonal(), c.diagonal.flat(), 1e-12, 1e-14)
    close(oracle.gradientVariance(), c.gradientVariance.flat(), 1e-12, 1e-14)
    if (!c.hessian) return
    const size = c.theta.length * c.theta[0].length
    for (let j = 0; j < size; j++) {
      const unit = new Float64Array(size)
      unit[j] = 1
      close(oracle.hvp(unit), c.hessian[j], 1e-12, 1e-14)
    }
  })
})

interface PenaltyCase {
  theta: Matrix
  domains: { features: Matrix; targets: number[] }[]
  alpha: number
  beta: number
  probes: Matrix[]
  penalties: Record<string, { value: number; gradTheta: Matrix; gradFeatures: Matrix[] }>
}

describe('penalties and their gradients are those of torch', () => {
  const cases = golden<PenaltyCase[]>(import.meta.url, 'penalties.json').flatMap((c, i) =>
    Object.keys(c.penalties).map((name) => [i, name, c] as const),
  )
  test.each(cases)('setting %i, %s', (_, name, { theta, domains, alpha, beta, probes, penalties }) => {
    const [method, ...rest] = name.split('-')
    const answer = alignmentPenalty(
      domains,
      { theta },
      {
        method: method as 'hgp',
        alpha,
        beta,
        probes,
        reduce: rest.includes('mean') ? 'mean' : 'sum',
        unbiased: rest.includes('unbiased'),
        detached: rest.includes('detached') || rest.includes('unbiased'),
      },
    )
    const { value, gradTheta, gradFeatures } = penalties[name]
    close([answer.value], [value], 1e-11)
    close(answer.gradHead, gradTheta.flat(), 1e-11, method === 'coral' ? 1e-16 : 0)
    answer.gradFeatures.forEach((g, e) => close(g, gradFeatures[e].flat(), 1e-11))
  })
})

interface DataCase {
  colour: Record<'images' | 'features', Matrix> &
    Record<'digits' | 'flipDraws' | 'colourDraws' | 'labels' | 'colours', number[]> &
    Record<'flip' | 'error', number>
  rotation: { image: Matrix; angles: number[]; rotated: Matrix[] }
}

describe('data', () => {
  const { colour, rotation } = golden<DataCase>(import.meta.url, 'data.json')

  test('coloured digits', () => {
    const { images, digits, flip, error, flipDraws, colourDraws } = colour
    const { features, labels, colours } = colourDigits(
      images.map((image) => (image as unknown as Matrix).flat()),
      digits,
      { flip, error, draws: { flip: flipDraws, colour: colourDraws } },
    )
    expect(Array.from(labels)).toEqual(colour.labels)
    expect(Array.from(colours)).toEqual(colour.colours)
    close(features, colour.features.flat(), 1e-12)
  })

  test.each(rotation.angles.map((angle, i) => [angle, i]))('a picture turned by %d degrees', (angle, i) => {
    const side = rotation.image.length
    close(rotateImages([rotation.image.flat()], side, angle), rotation.rotated[i].flat(), 1e-12)
    close(rotateImages(rotation.image.flat(), side, angle), rotation.rotated[i].flat(), 1e-12)
  })
})

interface DistanceCase extends DomainDistance {
  theta: Matrix
  source: { features: Matrix; targets: number[] }
  target: { features: Matrix; targets: number[] }
  cubicSource: number
  cubicTarget: number
  transfer: (Pick<TransferBound, 'quadratic' | 'simple' | 'remainder'> & {
    delta: number
    maximizer: Matrix
    gapAtMaximizer: number
  })[]
}

describe('distances and bounds', () => {
  const cases = golden<DistanceCase[]>(import.meta.url, 'distances.json')
  test.each(cases.map((c, i) => [i, c] as const))('pair %i', (_, { theta, source, target, transfer, ...want }) => {
    const ours = domainDistance(source, target, { theta })
    for (const name of Object.keys(ours) as (keyof DomainDistance)[]) close([ours[name]], [want[name]], 1e-10)
    for (const { delta, quadratic, maximizer, gapAtMaximizer, simple, remainder } of transfer) {
      const bound = transferBound(source, target, { theta }, { delta })
      close([bound.quadratic!], [quadratic!], 1e-9)
      close(bound.maximizer!, maximizer.flat(), 1e-7)
      close([bound.simple, bound.remainder], [simple, remainder], 1e-10)
      expect(bound.remainder).toBeCloseTo((delta ** 3 / 6) * (want.cubicSource + want.cubicTarget), 12)
      const { growth, bound: upper } = transferMeasure(source, target, { theta }, { delta })
      expect(growth).toBeGreaterThan(gapAtMaximizer - 1e-9)
      expect(growth).toBeLessThanOrEqual(upper)
      expect(upper).toBe(bound.bound)
    }
  })
})
