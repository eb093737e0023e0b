import { type Random, random } from '@opt/core'
import { centralDifference } from '@opt/testing'
import fc from 'fast-check'
import {
  type AlignmentMethod,
  type AlignmentOptions,
  alignmentPenalty,
  type Domain,
  domainDistance,
  domainReport,
  headOracle,
  transferBound,
  transferMeasure,
  VarianceAverage,
} from '../src/index.ts'

const METHODS: AlignmentMethod[] = ['gradient', 'hgp', 'diagonal', 'hutchinson', 'irm', 'vrex', 'fishr', 'coral']

interface Problem {
  domains: { features: Float64Array; targets: Float64Array | Int32Array }[]
  theta: Float64Array
  d: number
  K: number
}

/** Random domains of a few rows, a head with a bias, hard or soft targets. */
function problem(rng: Random, E = 2 + rng.integer(0, 2), scale = 1): Problem {
  const [d, K] = [1 + rng.integer(0, 3), 1 + rng.integer(0, 4)]
  const domains = Array.from({ length: E }, () => {
    const n = 2 + rng.integer(0, 6)
    const features = Float64Array.from({ length: n * d }, () => scale * rng.normal())
    const targets =
      K > 1
        ? Int32Array.from({ length: n }, () => rng.integer(0, K))
        : Float64Array.from({ length: n }, () => rng.uniform())
    return { features, targets }
  })
  return { domains, theta: Float64Array.from({ length: (d + 1) * K }, () => rng.normal()), d, K }
}

const rowsOf = (theta: ArrayLike<number>, K: number) =>
  Array.from({ length: theta.length / K }, (_, j) => Array.from(theta).slice(j * K, (j + 1) * K))

/** Relative to the larger of |want| and `floor`. */
const off = (ours: number, want: number, floor: number) => Math.abs(ours - want) / Math.max(Math.abs(want), floor)

test('the gradients of every method are finite differences of its value, in head and features', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.constantFrom(...METHODS),
      fc.boolean(),
      fc.boolean(),
      (seed, method, halves, detached) => {
        const rng = random(seed)
        const { domains, theta, K } = problem(rng)
        const unbiased = halves && method !== 'coral'
        // A fixed centre is no function of the parameters, so its gradient is none of the value.
        if (detached && method === 'hgp') return
        const options: AlignmentOptions = {
          method,
          unbiased,
          detached: false,
          alpha: 0.7,
          beta: 1.3,
          probes: 3,
          lossWeight: 0.4,
          weight: 1.5,
        }
        const value = () => alignmentPenalty(domains, { theta: rowsOf(theta, K) }, options).value
        const answer = alignmentPenalty(domains, { theta: rowsOf(theta, K) }, options)
        const e = rng.integer(0, domains.length)
        const places: [Float64Array, Float64Array][] = [
          [theta, answer.gradHead],
          [domains[e].features, answer.gradFeatures[e]],
        ]
        for (const [x, gradient] of places) {
          const i = rng.integer(0, x.length)
          const h = 1e-5
          const central = (step: number) => centralDifference(value, x, i, step)
          // Richardson's extrapolation: an error of the fourth order.
          const numeric = (4 * central(h) - central(2 * h)) / 3
          expect(off(gradient[i], numeric, 1)).toBeLessThan(1e-7)
        }
      },
    ),
    { numRuns: 400 },
  )
})

test('oracles: Hessian symmetric and positive semidefinite, diagonal and products agree, values by brute force', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const rng = random(seed)
      const { domains, theta, d, K } = problem(rng)
      const head = { theta: rowsOf(theta, K) }
      const oracle = headOracle(domains[0], head)
      const size = theta.length
      const H = Array.from({ length: size }, (_, j) =>
        oracle.hvp(Float64Array.from({ length: size }, (_, i) => Number(i === j))),
      )
      const v = Float64Array.from({ length: size }, () => rng.normal())
      const Hv = oracle.hvp(v)
      const diagonal = oracle.diagonal()
      let [curvature, worstEntry, worstProduct] = [0, 0, 0]
      for (let i = 0; i < size; i++) {
        curvature += v[i] * Hv[i]
        worstEntry = Math.max(worstEntry, off(H[i][i], diagonal[i], 1))
        let sum = 0
        for (let j = 0; j < size; j++) {
          worstEntry = Math.max(worstEntry, off(H[i][j], H[j][i], 1))
          sum += H[i][j] * v[j]
        }
        worstProduct = Math.max(worstProduct, off(Hv[i], sum, 1))
      }
      expect(worstEntry).toBeLessThan(1e-13)
      expect(worstProduct).toBeLessThan(1e-12)
      expect(curvature).toBeGreaterThan(-1e-12)
      const g = oracle.gradient()
      expect(
        off(
          oracle.irm(),
          g.reduce((sum, own, i) => sum + own * theta[i], 0),
          1,
        ),
      ).toBeLessThan(1e-12)
      // The variance of the examples' gradients, one by one.
      const { features, targets } = domains[0]
      const n = targets.length
      const each = Array.from({ length: n }, (_, i) =>
        headOracle(
          { features: features.subarray(i * d, (i + 1) * d), targets: targets.slice(i, i + 1) },
          head,
        ).gradient(),
      )
      const worst = oracle.gradientVariance().map((variance, j) => {
        const brute = each.reduce((sum, own) => sum + (own[j] - g[j]) ** 2, 0) / n
        return off(variance, brute, 1)
      })
      expect(Math.max(...worst)).toBeLessThan(1e-12)
    }),
    { numRuns: 200 },
  )
})

test('equal domains have no distance, their order does not matter, and the centre moves only for HGP', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(...METHODS), (seed, method) => {
      const { domains, theta, K } = problem(random(seed), 3)
      const head = { theta: rowsOf(theta, K) }
      const same = alignmentPenalty([domains[0], domains[0]], head, { method })
      if (method !== 'irm') expect(same.penalty).toBeLessThan(1e-24)
      const forward = alignmentPenalty(domains, head, { method })
      const backward = alignmentPenalty([...domains].reverse(), head, { method })
      expect(off(backward.penalty, forward.penalty, 1)).toBeLessThan(1e-12)
      const fixed = alignmentPenalty(domains, head, { method, detached: true })
      expect(fixed.penalty).toBe(forward.penalty)
      if (method !== 'hgp') expect(fixed.gradHead).toEqual(forward.gradHead)
    }),
    { numRuns: 200 },
  )
})

test('the certificate is never below the growth found, nor the exact maximum above the simple bound', () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.01, max: 2, noNaN: true }), (seed, delta) => {
      const { domains, theta, K } = problem(random(seed), 2)
      const head = { theta: rowsOf(theta, K) }
      const [source, target] = domains
      const { quadratic, simple, remainder, bound, maximizer } = transferBound(source, target, head, { delta })
      const { growth, direction } = transferMeasure(source, target, head, { delta, steps: 20 })
      expect(growth).toBeGreaterThanOrEqual(0)
      expect(growth).toBeLessThanOrEqual(bound * (1 + 1e-12))
      expect(quadratic!).toBeLessThanOrEqual(simple)
      expect(remainder).toBeGreaterThan(0)
      expect(Math.hypot(...maximizer!)).toBeLessThan(delta * (1 + 1e-9))
      expect(Math.hypot(...direction)).toBeLessThan(delta * (1 + 1e-9))
      // The growth is that of the losses at the moved head.
      const gap = (theta: ArrayLike<number>) => {
        const moved = { theta: rowsOf(theta, K) }
        return headOracle(target, moved).value - headOracle(source, moved).value
      }
      expect(off(growth, gap(theta.map((t, i) => t + direction[i])) - gap(theta), 1)).toBeLessThan(1e-12)
    }),
    { numRuns: 200 },
  )
})

test('the trust region is solved: no random direction has a larger quadratic part', () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.01, max: 5, noNaN: true }), (seed, delta) => {
      const rng = random(seed)
      const { domains, theta, K } = problem(rng, 2)
      const head = { theta: rowsOf(theta, K) }
      const [source, target] = domains.map((domain) => headOracle(domain, head))
      const { quadratic, maximizer } = transferBound(domains[0], domains[1], head, { delta })
      const [gS, gT] = [source.gradient(), target.gradient()]
      const part = (D: Float64Array) => {
        const [S, T] = [source.hvp(D), target.hvp(D)]
        return D.reduce((sum, v, i) => sum + v * (gT[i] - gS[i]) + (v * (T[i] - S[i])) / 2, 0)
      }
      expect(off(part(maximizer!), quadratic!, 1e-3)).toBeLessThan(1e-8)
      const others = Array.from({ length: 20 }, (_, k) => {
        const D = Float64Array.from(theta, () => rng.normal())
        const length = (delta * (k % 2 ? 1 : rng.uniform())) / Math.hypot(...D)
        return part(D.map((v) => v * length))
      })
      expect(Math.max(...others)).toBeLessThanOrEqual(quadratic! + 1e-12)
    }),
    { numRuns: 150 },
  )
})

test('at huge radii the maximiser is on the sphere, its value is the bound, and the growth stays below', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 95 }), (seed, exponent) => {
      const { domains, theta, K } = problem(random(seed), 2)
      const head = { theta: rowsOf(theta, K) }
      const delta = Number(`1e${exponent}`)
      const { quadratic, maximizer, simple } = transferBound(domains[0], domains[1], head, { delta })
      expect(Math.hypot(...maximizer!) / delta).toBeLessThan(1 + 1e-8)
      expect(quadratic!).toBeLessThanOrEqual(simple)
      const { growth, bound } = transferMeasure(domains[0], domains[1], head, { delta, steps: 2 })
      expect(growth).toBeLessThanOrEqual(bound)
      const [source, target] = domains.map((domain) => headOracle(domain, head))
      const [S, T] = [source.hvp(maximizer!), target.hvp(maximizer!)]
      const [gS, gT] = [source.gradient(), target.gradient()]
      const value = maximizer!.reduce((sum, v, i) => sum + v * (gT[i] - gS[i]) + (v * (T[i] - S[i])) / 2, 0)
      expect(off(value, quadratic!, 1e-3)).toBeLessThan(1e-6)
    }),
    { numRuns: 60 },
  )
})

test('many probes estimate the diagonal, one common probe the Frobenius norm', () => {
  const { domains, theta, K } = problem(random(4), 2)
  const head = { theta: rowsOf(theta, K) }
  const curvatureOnly = { beta: 0, reduce: 'mean' } as const
  const exact = alignmentPenalty(domains, head, { method: 'diagonal', ...curvatureOnly }).penalty
  const many = alignmentPenalty(domains, head, { method: 'hutchinson', ...curvatureOnly, probes: 3000 }).penalty
  expect(off(many, exact, 0)).toBeLessThan(0.1)
  let sum = 0
  for (let seed = 0; seed < 2000; seed++)
    sum += alignmentPenalty(domains, head, { method: 'hutchinson', ...curvatureOnly, probes: 1, seed }).penalty / 2000
  // Two domains lie half their distance from the mean.
  const { frobenius } = domainDistance(domains[0], domains[1], head)
  expect(off(sum, frobenius ** 2 / 4, 0)).toBeLessThan(0.1)
  const own = alignmentPenalty(domains, head, {
    method: 'hutchinson',
    ...curvatureOnly,
    probes: 1,
    independentProbes: true,
  })
  expect(own.penalty).not.toBe(
    alignmentPenalty(domains, head, { method: 'hutchinson', ...curvatureOnly, probes: 1 }).penalty,
  )
})

test('halves are unbiased: their mean over batches is the distance of the whole domains', () => {
  const rng = random(8)
  const whole = [0, 1].map((e) => ({
    features: Float64Array.from({ length: 800 }, () => rng.normal(0.3 * e)),
    targets: Int32Array.from({ length: 400 }, () => rng.integer(0, 2)),
  }))
  const head = { weight: [0.5, -1], bias: [0.2] }
  const exact = alignmentPenalty(whole, head, { method: 'gradient' }).penalty
  const [means, squares] = [
    [0, 0],
    [0, 0],
  ]
  const draws = 4000
  for (let k = 0; k < draws; k++) {
    const batch = whole.map(({ features, targets }) => {
      const rows = Array.from({ length: 8 }, () => rng.integer(0, 400))
      return {
        features: rows.flatMap((i) => [features[2 * i], features[2 * i + 1]]),
        targets: rows.map((i) => targets[i]),
      }
    })
    ;[false, true].forEach((unbiased, u) => {
      const { penalty } = alignmentPenalty(batch, head, { method: 'gradient', unbiased })
      means[u] += penalty / draws
      squares[u] += (penalty * penalty) / draws
    })
  }
  const error = Math.sqrt((squares[1] - means[1] ** 2) / draws)
  expect(Math.abs(means[1] - exact)).toBeLessThan(4 * error)
  expect(means[0]).toBeGreaterThan(exact + 10 * error)
})

test("large heads: Lanczos's method and pairs of examples agree with the dense Hessian of a padded head", () => {
  const rng = random(3)
  const [d, K] = [5, 3]
  const small = [0, 1].map(() => ({
    features: Array.from({ length: 150 }, () => Float64Array.from({ length: d }, () => rng.normal())),
    targets: Int32Array.from({ length: 150 }, () => rng.integer(0, K)),
  }))
  const weight = Array.from({ length: d }, () => [rng.normal(), rng.normal(), rng.normal()])
  // Features that are 0 add nothing, but 200 of them make the head too large to form its Hessian.
  const large = small.map(({ features, targets }) => ({
    features: features.map((row) => [...row, ...new Float64Array(200)]),
    targets,
  }))
  const wide = [...weight, ...Array.from({ length: 200 }, () => [0, 0, 0])]
  const dense = domainDistance(small[0], small[1], { weight, bias: [0, 0, 0] })
  const lanczos = domainDistance(large[0], large[1], { weight: wide, bias: [0, 0, 0] })
  for (const name of ['lambdaMax', 'lambdaMin', 'spectral', 'frobenius', 'gradient', 'diagonal'] as const)
    expect(off(lanczos[name], dense[name], 0)).toBeLessThan(1e-6)
  const bound = transferBound(large[0], large[1], { weight: wide, bias: [0, 0, 0] }, { delta: 0.1 })
  expect(bound.quadratic).toBeNull()
  expect(bound.bound).toBe(bound.simple + bound.remainder)
  // Lanczos's method nears the largest eigenvalue from below; the Frobenius norm never is below it.
  expect(off(2 * (bound.simple - bound.firstOrder), 0.01 * lanczos.frobenius, 0)).toBeLessThan(1e-12)
  const { growth } = transferMeasure(large[0], large[1], { weight: wide, bias: [0, 0, 0] }, { delta: 0.1, steps: 5 })
  expect(growth).toBeLessThanOrEqual(bound.bound)
})

test.each(METHODS)('%s: one row a domain, features of zeros, equal domains and many classes', (method) => {
  const rng = random(21)
  const K = 40
  const theta = Array.from({ length: 4 }, () => Float64Array.from({ length: K }, () => rng.normal()))
  const rows = (count: number, scale: number) => ({
    features: Array.from({ length: count }, () => [0, 0, 0].map(() => scale * rng.normal())),
    targets: Int32Array.from({ length: count }, () => rng.integer(0, K)),
  })
  const cases: Record<string, Domain[]> = {
    'one row': [rows(method === 'coral' ? 2 : 1, 1), rows(method === 'coral' ? 2 : 1, 1)],
    zeros: [rows(3, 0), rows(5, 0)],
    'two equal and another': [rows(4, 1), rows(6, 1)].flatMap((one, e) => (e ? [one] : [one, one])),
  }
  for (const [name, domains] of Object.entries(cases)) {
    const options: AlignmentOptions = { method, detached: false, probes: 2, lossWeight: 0.5 }
    const { gradHead, gradFeatures } = alignmentPenalty(domains, { theta }, options)
    // Along a random direction of the head and of the first domain's features.
    const direction = theta.map((row) => row.map(() => rng.normal()))
    const own = (domains[0].features as number[][]).map((row) => row.map(() => rng.normal()))
    const value = (h: number) =>
      alignmentPenalty(
        [
          {
            ...domains[0],
            features: (domains[0].features as number[][]).map((row, i) => row.map((v, j) => v + h * own[i][j])),
          },
          ...domains.slice(1),
        ],
        { theta: theta.map((row, j) => row.map((v, k) => v + h * direction[j][k])) },
        options,
      ).value
    const central = (h: number) => (value(h) - value(-h)) / (2 * h)
    const numeric = (4 * central(1e-4) - central(2e-4)) / 3
    const slope =
      direction.flatMap((row) => [...row]).reduce((sum, v, i) => sum + v * gradHead[i], 0) +
      own.flat().reduce((sum, v, i) => sum + v * gradFeatures[0][i], 0)
    expect([name, off(slope, numeric, 1) < 1e-7]).toEqual([name, true])
  }
})

test('saturated heads have no curvature and no NaN', () => {
  const domains = [
    { features: [[1], [-1]], targets: [1, 0] },
    { features: [[2], [-3]], targets: [0, 0] },
  ]
  for (const method of METHODS) {
    const { value, gradHead, gradFeatures } = alignmentPenalty(domains, { weight: [1e4] }, { method })
    expect(Number.isFinite(value)).toBe(true)
    expect(gradHead.every(Number.isFinite) && gradFeatures.every((g) => g.every(Number.isFinite))).toBe(true)
  }
  expect(Array.from(headOracle(domains[0], { weight: [1e4] }).diagonal())).toEqual([0])
  expect(headOracle(domains[1], { weight: [1e4] }).value).toBe(1e4)
})

test('tiny features are right, huge ones are refused or right', () => {
  const scaled = (s: number): Domain[] => [
    { features: [[s], [2 * s]], targets: [1, 0] },
    { features: [[-s], [3 * s]], targets: [1, 1] },
  ]
  const one = alignmentPenalty(scaled(1), { weight: [0] }, { method: 'gradient' }).penalty
  expect(
    off(alignmentPenalty(scaled(1e-100), { weight: [0] }, { method: 'gradient' }).penalty, one * 1e-200, 0),
  ).toBeLessThan(1e-12)
  expect(alignmentPenalty(scaled(1e-300), { weight: [0] }, { method: 'hgp' }).penalty).toBe(0)
  expect(() => alignmentPenalty(scaled(1e300), { weight: [0] }, { method: 'hgp' })).toThrow('finite')
  expect(() => alignmentPenalty(scaled(1e300), { weight: [1e300] }, { method: 'hgp' })).toThrow('finite logits')
})

test("Fishr's moving averages: the newest variances enter with factor 1, the older ones as constants", () => {
  const { domains, theta, K } = problem(random(12), 2)
  const head = { theta: rowsOf(theta, K) }
  const average = new VarianceAverage(0.9)
  const first = alignmentPenalty(domains, head, { method: 'fishr', average })
  expect(off(first.penalty, alignmentPenalty(domains, head, { method: 'fishr' }).penalty, 0)).toBeLessThan(1e-12)
  const copy = new VarianceAverage(0.9)
  copy.load(JSON.parse(JSON.stringify(average.state())))
  const second = alignmentPenalty(domains, head, { method: 'fishr', average })
  expect(alignmentPenalty(domains, head, { method: 'fishr', average: copy })).toEqual(second)
  // v + .9 v of the first call.
  expect(off(second.penalty, 1.9 ** 2 * first.penalty, 0)).toBeLessThan(1e-12)
})

test('a report names the domain that pulls, and its numbers are those of the functions', () => {
  const rng = random(7)
  const domain = (shift: number) => {
    const targets = Int32Array.from({ length: 60 }, () => rng.integer(0, 2))
    return { features: Array.from(targets, (y) => [2 * y - 1 + rng.normal() + shift, rng.normal()]), targets }
  }
  const domains = [domain(0), domain(0), domain(2)]
  const head = { weight: [1, 0], bias: [0] }
  const { domains: reported, delta, text } = domainReport(domains, head, { names: ['a', 'b', 'c'] })
  expect(delta).toBeCloseTo(0.1, 12)
  expect(reported[2].pull).toBeGreaterThan(Math.max(reported[0].pull, reported[1].pull))
  expect(reported[2].towards).toBe(0)
  expect(text.split('\n')).toHaveLength(3)
  const others = {
    features: [...domains[0].features, ...domains[1].features],
    targets: [...domains[0].targets, ...domains[1].targets],
  }
  expect(reported[2].distance).toEqual(domainDistance(others, domains[2], head))
  expect(reported[2].bound).toEqual(transferBound(others, domains[2], head, { delta }))
  expect(reported[2].growth).toBe(transferMeasure(others, domains[2], head, { delta }).growth)
  const gradients = domains.map((one) => headOracle(one, head).gradient())
  const direction = gradients[2].map((g, i) => (gradients[0][i] + gradients[1][i] + g) / 3 - g)
  expect(Math.max(...reported[2].direction.map((v, i) => off(v, direction[i], 1)))).toBeLessThan(1e-14)
})
