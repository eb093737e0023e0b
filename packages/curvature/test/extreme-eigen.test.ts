import { random } from '@opt/core'
import { golden, near } from '@opt/testing'
import fc from 'fast-check'
import { extremeEigen, lanczos, powerIteration, symmetric, symmetricEigen, type Which } from '../src/index.ts'
import { defects, diagonalOperator, laplacian, operatorOf, product, wigner, withEigenvalues } from './matrices.ts'

const scipy = golden(import.meta.url, 'scipy.json')

test.each(['largest', 'smallest', 'both'] as const)('eigsh of scipy: %s', (which) => {
  const { values, status } = extremeEigen(laplacian, { count: 4, which, tolerance: 1e-12 })
  expect(status).toBe('converged')
  near(values, scipy.laplacian[which], { absolute: 1e-12 })
})

const expected = (all: Float64Array, count: number, which: Which): number[] => {
  const sorted = [...all].sort((a, b) => a - b)
  const low = which === 'smallest' ? count : which === 'both' ? Math.floor(count / 2) : 0
  if (which === 'magnitude')
    return sorted
      .sort((a, b) => Math.abs(b) - Math.abs(a))
      .slice(0, count)
      .sort((a, b) => a - b)
  return [...sorted.slice(0, low), ...sorted.slice(sorted.length - (count - low))]
}

test('300 random matrices: the values, vectors, residuals and status are those of the dense solver', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom<Which>('largest', 'smallest', 'both', 'magnitude'),
      fc.integer(),
      (n, wanted, which, seed) => {
        const count = Math.min(n, wanted)
        const A = wigner(n, random(seed))
        const { values, vectors, residuals, status } = extremeEigen(operatorOf(A), { count, which, seed })
        expect(status).toBe('converged')
        const all = symmetricEigen(A).values
        const peak = Math.max(...all.map(Math.abs))
        near(values, expected(all, count, which), { absolute: 1e-7 * peak })
        vectors.forEach((v, i) => {
          const r = Math.hypot(...product(A, v).map((x, j) => x - values[i] * v[j]))
          near(residuals[i], r, { absolute: 1e-13 * peak })
          // 'converged' is true by the answer itself.
          expect(r).toBeLessThanOrEqual(1.01e-8 * peak)
        })
        expect(defects(A, values, vectors).orthogonality).toBeLessThan(1e-12)
      },
    ),
    { numRuns: 300, seed: 3 },
  )
})

test('repeated eigenvalues are found as often as they occur', () => {
  const values = Float64Array.from({ length: 300 }, (_, i) => Math.min(i, 296))
  near(extremeEigen(diagonalOperator(values), { count: 5 }).values, [295, 296, 296, 296, 296], { absolute: 1e-5 })
  near(extremeEigen(diagonalOperator(new Float64Array(50).fill(3)), { count: 4 }).values, [3, 3, 3, 3], {
    absolute: 1e-14,
  })
  near(extremeEigen(diagonalOperator(new Float64Array(30)), { count: 2 }).values, [0, 0], {})
  const rows = withEigenvalues([5, 5, 1, 1, 1, 1, -2, -2])
  near(extremeEigen(operatorOf(rows), { count: 4, which: 'both', subspace: 6 }).values, [-2, -2, 5, 5], {
    absolute: 1e-7,
  })
})

test.each([1e-300, 1e300])('operators of the scale %d', (scale) => {
  const A = diagonalOperator(Float64Array.from({ length: 80 }, (_, i) => i * scale))
  const { values, residuals, status } = extremeEigen(A, { count: 2 })
  expect(status).toBe('converged')
  near(values, [78 * scale, 79 * scale], { relative: 1e-12 })
  expect(residuals.every((r) => r <= 79e-8 * scale)).toBe(true)
})

test('an honest status: stopped early, beyond rounding, not symmetric', () => {
  const early = extremeEigen(laplacian, { count: 3, maxIterations: 2 })
  expect(early.status).toBe('max-iterations')
  expect(early.values).toHaveLength(2)
  expect(extremeEigen(laplacian, { tolerance: 0 }).status).toBe('stalled')
  const skew = symmetric(60, (v) => Float64Array.from(v, (x, i) => i * x + (i > 0 ? 50 * v[i - 1] : 0)))
  expect(extremeEigen(skew, { maxIterations: 500 }).status).not.toBe('converged')
  const controller = new AbortController()
  const aborted = extremeEigen(laplacian, {
    signal: controller.signal,
    onProgress: ({ iteration }) => iteration === 7 && controller.abort(),
  })
  expect([aborted.status, aborted.iterations]).toEqual(['aborted', 7])
})

test('power iteration finds the largest magnitude', () => {
  const { value, vector, residual, status } = powerIteration(diagonalOperator([1, -3, 2, 0.5]), { tolerance: 1e-9 })
  expect(status).toBe('converged')
  near(value, -3, { absolute: 1e-9 })
  near(Math.abs(vector[1]), 1, { absolute: 1e-9 })
  expect(residual).toBeLessThanOrEqual(3e-9)
  expect(powerIteration(diagonalOperator([1, -1]), { maxIterations: 50 }).status).toBe('max-iterations')
  expect(powerIteration(diagonalOperator([0, 0])).value).toBe(0)
})

test("Lanczos' recurrence: A V = V T + beta v e', with an orthonormal V", () => {
  const A = wigner(40)
  const { alpha, beta, basis } = lanczos(operatorOf(A), { steps: 12 })
  const tail = product(A, basis[11])
  for (let i = 0; i < 40; i++) tail[i] -= alpha[11] * basis[11][i] + beta[10] * basis[10][i]
  near(Math.hypot(...tail), beta[11], { absolute: 1e-12 })
  for (let k = 0; k < 11; k++) {
    const r = product(A, basis[k])
    for (let i = 0; i < 40; i++)
      r[i] -= alpha[k] * basis[k][i] + beta[k] * basis[k + 1][i] + (k > 0 ? beta[k - 1] * basis[k - 1][i] : 0)
    near(Math.hypot(...r), 0, { absolute: 1e-12 })
  }
  expect(defects(A, alpha, basis).orthogonality).toBeLessThan(1e-14)
  const whole = lanczos(operatorOf(A))
  expect([whole.alpha.length, whole.beta[39], whole.status]).toEqual([40, 0, 'completed'])
  expect(lanczos(diagonalOperator([2, 2, 2])).alpha).toHaveLength(1)
})

test('a bare function is refused with the way to wrap it', () => {
  expect(() => extremeEigen(((v: Float64Array) => v) as never)).toThrow(
    'extremeEigen: operator must be a linear operator, such as symmetric(n, product), got a function',
  )
})

test('a product that forgets to answer is refused, and not read from old memory', () => {
  const forgetful = symmetric(3, (v) => {
    v.map((x) => 2 * x)
  })
  expect(() => extremeEigen(forgetful)).toThrow('out[0] must be a finite number, got NaN')
})
