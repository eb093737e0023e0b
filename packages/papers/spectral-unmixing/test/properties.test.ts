import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import { Matrix as MlMatrix } from 'ml-matrix'
import ndarray from 'ndarray'
import {
  abundanceError,
  bandNoise,
  colourMap,
  constant,
  data,
  fcls,
  guidanceMap,
  hoyer,
  hoyerSparsity,
  learned,
  matchEndmembers,
  scene,
  spectralAngle,
  unmix,
  vca,
  whitenedStart,
} from '../src/index.ts'

const seeds = fc.integer({ min: 0, max: 1e6 })
const rows = (m: { data: ArrayLike<number>; shape: number[] }) =>
  Array.from({ length: m.shape[0] }, (_, i) => Array.from(m.data).slice(i * m.shape[1], (i + 1) * m.shape[1]))

/** |y - M a|^2 of a pixel. */
const misfit = (y: number[], M: number[][], a: number[]) =>
  y.reduce((sum, v, l) => sum + (v - M[l].reduce((s, m, k) => s + m * a[k], 0)) ** 2, 0)

describe('fcls', () => {
  test.each([
    ['by enumeration', 1, 8],
    ['by active sets', 9, 14],
  ])('%s: no point of the simplex is closer, by the gradient', (_, least, most) => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: least, max: most }), fc.integer({ min: 1, max: 16 }), (seed, K, bands) => {
        const rng = random(seed)
        const M = Array.from({ length: bands }, () => Array.from({ length: K }, () => rng.uniform()))
        // Several pixels: each starts from the support of the one before it.
        const Y = Array.from({ length: bands }, () => Array.from({ length: 3 }, () => rng.uniform(-0.5, 1.5)))
        const abundances = rows(fcls(Y, M))
        for (let n = 0; n < 3; n++) {
          const a = abundances.map((row) => row[n])
          expect(a.every((v) => v >= 0)).toBe(true)
          near(
            a.reduce((sum, v) => sum + v, 0),
            1,
            { absolute: 1e-9 },
          )
          // Optimality over the simplex: <gradient, e_k - a> >= 0 for every corner.
          const residual = Y.map((row, l) => row[n] - M[l].reduce((s, m, k) => s + m * a[k], 0))
          const slope = (b: number[]) =>
            residual.reduce((s, r, l) => s + r * M[l].reduce((t, m, k) => t + m * (b[k] - a[k]), 0), 0)
          for (let k = 0; k < K; k++) expect(slope(a.map((_, j) => (j === k ? 1 : 0)))).toBeLessThan(1e-8)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('active sets find what enumeration finds, beside a copy of an end-member', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rng = random(seed)
        const M = Array.from({ length: 12 }, () => Array.from({ length: 8 }, () => rng.uniform()))
        const Y = Array.from({ length: 12 }, () => Array.from({ length: 3 }, () => rng.uniform()))
        const copied = M.map((row) => [...row, row[0]])
        const [first, ...rest] = rows(fcls(Y, copied))
        const copy = rest.pop()!
        near([first.map((v, n) => v + copy[n]), ...rest], rows(fcls(Y, M)), { absolute: 1e-9 })
      }),
      { numRuns: 200 },
    )
  })

  test('duplicates, dependent end-members, zeros and wild scales', () => {
    const M = [
      [1, 1, 0],
      [0, 0, 1],
      [0.5, 0.5, 0.2],
    ]
    const [a, b, c] = rows(fcls([[0.5], [0.5], [0.35]], M)).flat()
    near([a + b, c], [0.5, 0.5], { absolute: 1e-12 })
    expect(Array.from(fcls([[0, 1]], [[0, 0, 0]]).data)).toHaveLength(6)
    for (const scale of [1e-300, 1e300])
      near(
        fcls(
          [[0.25 * scale], [0.75 * scale]],
          [
            [scale, 0],
            [0, scale],
          ],
        ).data,
        [0.25, 0.75],
        { absolute: 1e-14 },
      )
  })
})

test('the answer of whitenedStart can be given as it is', () => {
  const { Y } = scene({ size: 2, bands: 12, endmembers: 3, random: 4 })
  const start = whitenedStart(Y, 3)
  const { noise, ...factors } = start
  expect(noise).toHaveLength(12)
  const settings = { maxIterations: 5 }
  expect(unmix(Y, 3, { initial: start, ...settings }).state).toEqual(
    unmix(Y, 3, { initial: factors, ...settings }).state,
  )
})

test('vca finds the pure pixels of noiseless mixtures, whatever the draws', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 2, max: 5 }), (seed, K) => {
      const rng = random(seed)
      const M = Array.from({ length: 12 }, () => Array.from({ length: K }, () => rng.uniform(0.05, 1)))
      const parts = Array.from({ length: 30 }, (_, n) => {
        const raw = Array.from({ length: K }, (_, k) => (n < K ? (n === k ? 1 : 0) : rng.uniform(0.05, 1)))
        const sum = raw.reduce((s, v) => s + v, 0)
        return raw.map((v) => v / sum)
      })
      const Y = M.map((row) => parts.map((a) => row.reduce((s, m, k) => s + m * a[k], 0)))
      expect(Array.from(vca(Y, K, { random: seed, restarts: 3 }).indices).sort()).toEqual(
        Array.from({ length: K }, (_, k) => k),
      )
    }),
    { numRuns: 150 },
  )
})

test('the learned map is the minimiser, by its derivative', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      fc.double({ min: 0, max: 0.95, noNaN: true }),
      (seed, mu, hmax) => {
        const rng = random(seed)
        const A = Array.from({ length: 4 }, () => Array.from({ length: 6 }, () => rng.uniform() ** 4 * 1.2))
        const h = guidanceMap(learned({ mu, hmax }), [A[0]], A)
        h.forEach((value, n) => {
          const cost = (x: number) =>
            A.reduce((s, row) => s + Math.max(row[n], 1e-12) ** (1 - x), 0) + (mu / 2) * (hmax - x) ** 2
          expect(value >= 0 && value <= hmax).toBe(true)
          const others = Array.from({ length: 21 }, (_, x) => cost((x / 20) * hmax))
          expect(cost(value)).toBeLessThanOrEqual(Math.min(...others) * (1 + 1e-12))
        })
      },
    ),
    { numRuns: 300 },
  )
})

test('guidance at the ends: a pure pixel is close to hmax, equal parts less; hoyer 1 and 0; data of a flat image 0', () => {
  const A = [
    [1, 0.25],
    [0, 0.25],
    [0, 0.25],
    [0, 0.25],
  ]
  const [pure, mixed] = guidanceMap(learned(), [[1, 1]], A)
  expect(pure).toBeGreaterThan(0.84)
  expect(mixed).toBeLessThan(pure)
  near(guidanceMap(hoyer(), [[1, 1]], A), [0.9, 0], { absolute: 1e-12 })
  near(hoyerSparsity(A), [1, 0], { absolute: 1e-12 })
  expect(Array.from(guidanceMap(data({ rows: 1, columns: 2 }), [[1, 1]], A))).toEqual([0, 0])
  expect(Array.from(guidanceMap(constant(0.3), [[1, 1]], A))).toEqual([0.3, 0.3])
  // An edge between two halves: low beside it, high elsewhere.
  const image = [[1, 1, 1, 0, 0, 0]]
  const map = guidanceMap(data({ rows: 1, columns: 6 }), image, [image[0], image[0]])
  expect([map[0], map[2], map[3]]).toEqual([0.9, 0, 0])
})

describe('unmix', () => {
  const rules = [learned(), learned({ mu: 1 }), constant(0), constant(0.5), data({ rows: 4, columns: 4 })]

  test('the objective falls, is what it says, and the answer is what it should be', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(...rules),
        fc.constantFrom('l21', 'frobenius'),
        (seed, K, guidance, loss) => {
          const { Y } = scene({ size: 2, endmembers: 4, bands: 7, badBands: 1, random: seed })
          const answer = unmix(Y, K, { guidance, loss: loss as 'l21', maxIterations: 25, tolerance: 0 })
          const objectives = answer.history.map(({ objective }) => objective)
          objectives.forEach((J, t) => {
            if (t > 0) expect(J).toBeLessThanOrEqual(objectives[t - 1] * (1 + 1e-12))
          })
          const { endmembers, rawAbundances, abundances, bandErrors, state, guidance: h } = answer
          expect(endmembers.data.every((v) => v > 0)).toBe(true)
          for (let n = 0; n < 16; n++) {
            let sum = 0
            for (let k = 0; k < K; k++) sum += abundances.data[k * 16 + n]
            expect(Math.abs(sum - 1)).toBeLessThan(1e-12)
          }
          // The objective again, from the formula.
          const unit = state.unit
          let eps2 = 0
          for (const v of Y.data) eps2 += (1e-12 * v * v) / 7
          let J = 0
          for (let l = 0; l < 7; l++) {
            let e2 = 0
            for (let n = 0; n < 16; n++) {
              let e = Y.data[l * 16 + n]
              for (let k = 0; k < K; k++) e -= endmembers.data[l * K + k] * rawAbundances.data[k * 16 + n]
              e2 += e * e
            }
            expect(Math.abs(Math.sqrt(e2 / 16) - bandErrors[l])).toBeLessThan(1e-6)
            J += loss === 'l21' ? Math.sqrt(e2 + eps2) : e2 / 2
          }
          const scale = loss === 'l21' ? unit : unit * unit
          for (let n = 0; n < 16; n++) {
            let total = -1
            for (let k = 0; k < K; k++) {
              const a = rawAbundances.data[k * 16 + n]
              total += a
              J += scale * state.sparsity * a ** (1 - h[n])
            }
            J += (scale * state.sumToOne * total * total) / 2
            if (guidance.kind === 'learned')
              J += scale * state.sparsity * (guidance.mu / 2) * (guidance.hmax - h[n]) ** 2
          }
          expect(Math.abs(J - answer.objective)).toBeLessThan(1e-7 * J)
        },
      ),
      { numRuns: 150 },
    )
  })

  test("'converged' says that the objective changed by less over ten iterations", () => {
    const { Y } = scene({ size: 3, bands: 12, random: 1, endmembers: 3 })
    for (const guidance of [learned(), constant(0.5), hoyer()]) {
      const { status, history } = unmix(Y, 3, { guidance, tolerance: 1e-4, maxIterations: 20_000 })
      expect(status).toBe('converged')
      const [then, now] = [history.at(-11)!.objective, history.at(-1)!.objective]
      expect(Math.abs(then - now)).toBeLessThanOrEqual(1e-4 * then)
    }
  })

  test('units do not matter: powers of two of the image give the same bits', () => {
    const { Y } = scene({ size: 2, bands: 9, random: 4, endmembers: 3 })
    const options = { maxIterations: 30, tolerance: 0 }
    const one = unmix(Y, 3, options)
    for (const factor of [2 ** 16, 2 ** -960, 2 ** 960]) {
      const other = unmix(
        ndarray(
          Y.data.map((v) => v * factor),
          Y.shape,
        ),
        3,
        options,
      )
      expect(other.abundances.data).toEqual(one.abundances.data)
      expect(other.endmembers.data).toEqual(one.endmembers.data.map((v) => v * factor))
      expect(other.bandWeights).toEqual(one.bandWeights)
    }
  })

  test('pixels may come in any order and container, and nothing is changed', () => {
    const { Y } = scene({ size: 2, bands: 9, random: 4, endmembers: 3 })
    const options = { initial: 'vca', maxIterations: 10 } as const
    const plain = rows(Y)
    const before = Y.data.slice()
    const expected = unmix(plain, 3, options)
    const backwards = ndarray(Y.data.slice().reverse(), Y.shape, [-16, -1], Y.data.length - 1)
    for (const given of [Y, backwards, new MlMatrix(plain), plain.map((row) => Object.freeze(row))]) {
      const { endmembers, abundances } = unmix(given as never, 3, options)
      expect([endmembers.data, abundances.data]).toEqual([expected.endmembers.data, expected.abundances.data])
    }
    expect(Y.data).toEqual(before)
  })

  test('degenerate images: equal pixels, one material, dead bands and pixels, more noise than signal', () => {
    const flat = unmix(
      [
        [1, 1, 1],
        [2, 2, 2],
        [3, 3, 3],
      ],
      2,
    )
    near(
      flat.abundances.data.subarray(0, 3).map((v, i) => v + flat.abundances.data[3 + i]),
      [1, 1, 1],
      { absolute: 1e-12 },
    )
    expect(flat.objective < 1e-3).toBe(true)
    const one = unmix(
      [
        [1, 2, 3],
        [2, 4, 6],
      ],
      1,
      { sumToOne: 0, sparsity: 0 },
    )
    expect(Array.from(one.abundances.data)).toEqual([1, 1, 1])
    near(one.endmembers.data[1] / one.endmembers.data[0], 2, { absolute: 1e-9 })
    const { Y } = scene({ size: 3, bands: 10, random: 2, endmembers: 3 })
    Y.data.fill(0, 4 * 81, 5 * 81)
    for (let l = 0; l < 10; l++) Y.data[l * 81 + 7] = 0
    const dead = unmix(Y, 3)
    expect(dead.zeroBands).toEqual([4])
    expect(dead.abundances.data.every(Number.isFinite)).toBe(true)
    const noise = unmix(scene({ size: 3, bands: 10, random: 2, endmembers: 3, snr: -20 }).Y, 3)
    expect(noise.abundances.data.every((v) => v >= 0 && v <= 1)).toBe(true)
    const clipped = unmix(
      [
        [1, -1, 3],
        [2, 4, 6],
      ],
      2,
      { negative: 'clip' },
    )
    expect(clipped.objective).toBe(
      unmix(
        [
          [1, 0, 3],
          [2, 4, 6],
        ],
        2,
      ).objective,
    )
  })

  test('broken bands do not matter to the l2,1 loss, and are found', () => {
    const { Y, M, A, badBands } = scene({ size: 6, bands: 60, endmembers: 3, badBands: 6, random: 1 })
    const bands = Array.from({ length: 60 }, (_, l) => l).filter((l) => !badBands.includes(l))
    const [robust, plain] = (['l21', 'frobenius'] as const).map((loss) => {
      const { endmembers, abundances, badBands: found } = unmix(Y, 3, { loss })
      const { permutation, meanAngle } = matchEndmembers(endmembers, M, { bands })
      return { meanAngle, rmse: abundanceError(abundances, A, permutation), found }
    })
    expect(robust.meanAngle).toBeLessThan(0.03)
    expect(robust.rmse * 4).toBeLessThan(plain.rmse)
    expect(robust.found).toEqual(Array.from(badBands))
    expect(plain.found).toEqual([])
  })
})

test('the noise of bands: independent noise is found, and scales with the band', () => {
  const rng = random(1)
  const truth = [0.01, 0.02, 0.05, 0.1, 0.2, 0.03]
  const Y = truth.map((deviation) =>
    Array.from({ length: 4000 }, (_, n) => 1 + Math.sin(n) / 2 + rng.normal(0, deviation)),
  )
  // What the others do not tell of a band is at least its own noise, and no more where theirs is smaller.
  bandNoise(Y).forEach((v, l) => {
    expect(v / truth[l]).toBeGreaterThan(0.9)
    if (truth[l] >= 0.1) expect(v / truth[l]).toBeLessThan(1.1)
  })
  near(
    bandNoise(Y.map((row) => row.map((v) => v * 1024))),
    bandNoise(Y).map((v) => 1024 * v),
    { relative: 1e-14 },
  )
})

test('matching is the best of all permutations, and metrics see equal things as equal', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const draw = () => Array.from({ length: 5 }, () => Array.from({ length: 4 }, () => rng.uniform(0.1, 1)))
      const [E, M] = [draw(), draw()]
      const { permutation, angles, meanAngle } = matchEndmembers(E, M)
      const angle = (i: number, j: number) =>
        spectralAngle(
          E.map((row) => row[i]),
          M.map((row) => row[j]),
        )
      near(
        angles,
        permutation.map((j, k) => angle(j, k)),
        { absolute: 1e-14 },
      )
      const all = (rest: number[], k = 0): number =>
        rest.length === 0
          ? 0
          : Math.min(
              ...rest.map(
                (j) =>
                  angle(j, k) +
                  all(
                    rest.filter((i) => i !== j),
                    k + 1,
                  ),
              ),
            )
      near(4 * meanAngle, all([0, 1, 2, 3]), { absolute: 1e-13 })
      const shuffled = E.map((row) => permutation.map((_, j) => row[permutation.indexOf(j)]))
      expect(abundanceError(E, E)).toBe(0)
      expect(matchEndmembers(shuffled, E).meanAngle).toBeLessThan(1e-15)
    }),
    { numRuns: 100 },
  )
  near(spectralAngle([1, 0], [0, 5]), Math.PI / 2, { absolute: 1e-15 })
  near(spectralAngle([1e300, 1e300], [1e-300, 1e-300]), 0, { absolute: 1e-15 })
  expect(spectralAngle([0, 0], [1, 2])).toBeNaN()
  near(abundanceError([[1, 0]], [[0, 0]]), Math.sqrt(0.5), { absolute: 1e-15 })
})

test('a scene is what it says', () => {
  const { Y, M, A, badBands, rows: height, columns } = scene({ size: 6, bands: 40, snr: 300, badBands: 3, random: 9 })
  expect([height, columns, Y.shape, M.shape, A.shape]).toEqual([36, 36, [40, 1296], [40, 4], [4, 1296]])
  for (let n = 0; n < 1296; n++) {
    let sum = 0
    for (let k = 0; k < 4; k++) sum += A.data[k * 1296 + n]
    expect(Math.abs(sum - 1)).toBeLessThan(1e-12)
  }
  for (let l = 0; l < 40; l++) {
    let largest = 0
    for (let n = 0; n < 1296; n++) {
      let e = Y.data[l * 1296 + n]
      for (let k = 0; k < 4; k++) e -= M.data[l * 4 + k] * A.data[k * 1296 + n]
      largest = Math.max(largest, Math.abs(e))
    }
    expect(largest > 1e-6).toBe(badBands.includes(l))
  }
  expect(Math.max(...M.data) <= 0.95 && Math.min(...M.data) >= 0.03).toBe(true)
})

test('the start: positive end-members, parts of one, the noise of the bands, and a broken band does not matter', () => {
  const { Y, M, badBands } = scene({ size: 5, bands: 50, endmembers: 3, badBands: 5, random: 2 })
  const bands = Array.from({ length: 50 }, (_, l) => l).filter((l) => !badBands.includes(l))
  const { endmembers, abundances, noise } = whitenedStart(Y, 3)
  expect(noise).toEqual(bandNoise(Y))
  expect(endmembers.data.every((v) => v > 0)).toBe(true)
  expect(abundances.data.every((v) => v >= 0)).toBe(true)
  const angle = (E: { data: Float64Array; shape: number[] }) => matchEndmembers(E as never, M, { bands }).meanAngle
  expect(angle(endmembers) * 3).toBeLessThan(angle(vca(Y, 3).endmembers))
})

test('colours: one for each material, mixed in proportion, pixels in either order', () => {
  const A = [
    [1, 0, 0.5, 0],
    [0, 1, 0.5, 0],
  ]
  const { width, height, channels, data: byRows } = colourMap(A, { rows: 2, columns: 2 })
  expect([width, height, channels]).toEqual([2, 2, 3])
  expect(Array.from(byRows)).toEqual([0, 158, 115, 0, 114, 178, 0, 136, 147, 0, 0, 0])
  const byColumns = colourMap(A, { rows: 2, columns: 2, order: 'columns' }).data
  expect(Array.from(byColumns.subarray(3, 6))).toEqual([0, 136, 147])
})

test('misfits of pixels are no larger than those of the true parts', () => {
  const { Y, M, A } = scene({ size: 4, bands: 20, endmembers: 3, random: 3 })
  const [y, m, a, b] = [Y, M, A, fcls(Y, M)].map(rows)
  for (let n = 0; n < 256; n++) {
    const pixel = y.map((row) => row[n])
    const at = (parts: number[][]) =>
      misfit(
        pixel,
        m,
        parts.map((row) => row[n]),
      )
    expect(at(b)).toBeLessThanOrEqual(at(a) + 1e-12)
  }
})
