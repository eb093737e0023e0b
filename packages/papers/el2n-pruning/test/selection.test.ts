import { random } from '@opt/core'
import fc from 'fast-check'
import { ascendingOrder, classQuotas, detection, permuteLabels, select, selectWithDetails } from '../src/index.ts'

/** Scores with many ties and some that are infinite. */
const scoresOf = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 8 }).map((v) => v / 4) },
    fc.double({ noNaN: true, min: -5, max: 5 }),
    {
      weight: 1,
      arbitrary: fc.constant(Infinity),
    },
  ),
  { minLength: 1, maxLength: 60 },
)
const share = fc.double({ min: 0.01, max: 1, noNaN: true })
const runs = { numRuns: 1000, seed: 7 }

const isAscending = (x: Int32Array) => x.every((v, i) => i === 0 || v > x[i - 1])
const same = (x: ArrayLike<number>, y: ArrayLike<number>) => String(Array.from(x)) === String(Array.from(y))

describe('a thousand selections', () => {
  test('hardest and easiest are ends of one order, windows are between them', () => {
    fc.assert(
      fc.property(scoresOf, share, share, (scores, keep, at) => {
        const n = scores.length
        const order = ascendingOrder(scores)
        const k = Math.floor(keep * n + 0.5)
        const hardest = select(scores, { keep })
        const easiest = select(scores, { keep, from: 'easiest' })
        const offset = Math.min(Math.floor(at * (n - k)), n - k)
        const window = select(scores, { keep, from: { offset: offset < 1 ? 0 : offset } })
        return (
          [hardest, easiest, window].every((chosen) => chosen.length === k && isAscending(chosen)) &&
          same(hardest, order.slice(n - k).sort()) &&
          same(easiest, order.slice(0, k).sort()) &&
          (offset === 1 || same(window, order.slice(offset, offset + k).sort()))
        )
      }),
      runs,
    )
  })

  test('nothing kept is easier than what is left out', () => {
    fc.assert(
      fc.property(scoresOf, share, (scores, keep) => {
        const chosen = new Set(select(scores, { keep }))
        const kept = scores.filter((_, i) => chosen.has(i))
        const left = scores.filter((_, i) => !chosen.has(i))
        return Math.min(...kept) >= Math.max(...left)
      }),
      runs,
    )
  })

  test('balance keeps quotas, which sum to what is asked and are within one of the share', () => {
    fc.assert(
      fc.property(
        scoresOf,
        share,
        fc.integer(),
        fc.constantFrom('hardest', 'easiest', 'random'),
        (scores, keep, seed, from) => {
          const rng = random(seed)
          const n = scores.length
          const labels = Int32Array.from({ length: n }, () => rng.integer(0, 4))
          const options = { keep, labels, balance: true, from: from as 'hardest', seed }
          const { indices, classes = new Float64Array(0), quotas } = selectWithDetails(scores, options)
          const counts = Array.from(classes, (label) => indices.filter((i) => labels[i] === label).length)
          const k = Math.floor(keep * n + 0.5)
          const sizes = Array.from(classes, (label) => labels.filter((l) => l === label).length)
          const fair = counts.every((count, c) => Math.abs(count - (k * sizes[c]) / n) < 1)
          return indices.length === k && isAscending(indices) && same(counts, quotas ?? []) && fair
        },
      ),
      runs,
    )
  })

  test('strata give what was asked, or say how much is missing; nothing dropped comes back', () => {
    fc.assert(
      fc.property(
        scoresOf,
        share,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer(),
        (scores, keep, dropHardest, strata, seed) => {
          const n = scores.length
          const { indices, budgets, short } = selectWithDetails(scores, { keep, strata, dropHardest, seed })
          const dropped = ascendingOrder(scores).slice(n - Math.floor(dropHardest * n + 1e-9))
          const k = Math.floor(keep * n + 0.5)
          return (
            isAscending(indices) &&
            indices.length + short === k &&
            short === Math.max(0, k - (n - dropped.length)) &&
            Array.from(budgets ?? []).reduce((sum, b) => sum + b, 0) === indices.length &&
            !indices.some((i) => dropped.includes(i))
          )
        },
      ),
      runs,
    )
  })

  test('chance is chance of its seed', () => {
    fc.assert(
      fc.property(scoresOf, share, fc.integer(), (scores, keep, seed) => {
        const draw = () => select(scores, { keep, from: 'random', seed })
        return (
          same(draw(), draw()) &&
          isAscending(draw()) &&
          same(draw(), select(scores, { keep, from: 'random', seed: random(seed) }))
        )
      }),
      runs,
    )
  })

  test('quotas sum exactly, however large the numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 30 }),
        share,
        (sizes, part) => {
          const n = sizes.reduce((sum, size) => sum + size, 0)
          const count = Math.floor(part * n)
          const quotas = classQuotas(sizes, count)
          return quotas.reduce((sum, q) => sum + q, 0) === count && quotas.every((q, c) => q <= sizes[c])
        },
      ),
      runs,
    )
  })

  test('permuted labels are the same labels, elsewhere', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        (labels, fraction, seed) => {
          const noisy = permuteLabels(labels, { fraction, seed })
          const moved = labels.flatMap((label, i) => (label === noisy.labels[i] ? [] : [i]))
          return (
            noisy.chosen.length === Math.floor(fraction * labels.length + 1e-9) &&
            same(noisy.changed, moved) &&
            same(noisy.labels.slice().sort(), Int32Array.from(labels).sort()) &&
            noisy.changed.every((i) => noisy.chosen.includes(i))
          )
        },
      ),
      runs,
    )
  })

  test('AUROC is the share of pairs in the right order', () => {
    fc.assert(
      fc.property(scoresOf, fc.integer(), (scores, seed) => {
        const rng = random(seed)
        const isBad = scores.map(() => rng.uniform() < 0.4)
        const bad = scores.filter((_, i) => isBad[i])
        const good = scores.filter((_, i) => !isBad[i])
        if (bad.length === 0 || good.length === 0) return true
        let pairs = 0
        for (const b of bad) for (const g of good) pairs += b > g ? 1 : b === g ? 0.5 : 0
        return Math.abs(detection(scores, isBad).auroc - pairs / (bad.length * good.length)) < 1e-12
      }),
      runs,
    )
  })
})
