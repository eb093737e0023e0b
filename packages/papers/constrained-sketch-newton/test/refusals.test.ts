import {
  adaSketchNewton,
  type ConstrainedProblem,
  direct,
  gaussian,
  kaczmarz,
  sketchAndProject,
  testProblem,
} from '../src/index.ts'

const circle: ConstrainedProblem = {
  f: ([a, b]) => a + b,
  gradient: () => [1, 1],
  constraints: ([a, b]) => [a * a + b * b - 2],
  jacobian: ([a, b]) => [[2 * a, 2 * b]],
}

test.each<[string, Partial<ConstrainedProblem>, string]>([
  [
    'more constraints than variables',
    { constraints: () => [1, 2, 3] },
    'problem.constraints must be at most as many as the 2 variables, got 3',
  ],
  [
    'constraints without a Jacobian',
    { jacobian: undefined },
    'problem.jacobian must be given exactly if there are constraints, got undefined',
  ],
  [
    'a Jacobian of a wrong shape',
    { jacobian: () => [[1, 2, 3]] },
    'problem.jacobian[0] must be of length 2, got length 3',
  ],
  [
    'a Jacobian of too many rows',
    {
      jacobian: () => [
        [1, 2],
        [1, 2],
      ],
    },
    'problem.jacobian must be 1 x 2, got 2 rows',
  ],
  ['a gradient of a wrong length', { gradient: () => [1] }, 'problem.gradient must be of length 2, got length 1'],
  ['a gradient of texts', { gradient: () => ['1', 2] as never }, 'problem.gradient[0] must be a number, got "1"'],
  [
    'an objective that is no number',
    { f: () => '1' as never },
    'problem.f must be a function that returns a number, got "1"',
  ],
  [
    'an infinite objective at the start',
    { f: () => Infinity },
    'problem.f at the start must be a finite number, got Infinity',
  ],
  [
    'NaN in the Jacobian at the start',
    { jacobian: () => [[NaN, 1]] },
    'entry 0 of problem.jacobian at the start must be a finite number, got NaN',
  ],
  [
    'an asymmetric Hessian',
    {
      hessianLagrangian: () => [
        [1, 0],
        [1, 1],
      ],
    },
    'problem.hessianLagrangian[1][0] must be equal to [0][1] = 0, got 1',
  ],
])('%s is refused', (_, change, message) => {
  expect(() => adaSketchNewton({ ...circle, ...change }, [-2, 0.5])).toThrow(`adaSketchNewton: ${message}`)
})

test.each<[object, string]>([
  [{ eta2: 0 }, 'eta2 must be a positive number, got 0'],
  [{ beta: 0.5 }, 'beta must be a positive number below 0.5, got 0.5'],
  [{ nu: 1 }, 'nu must be a number above 1, got 1'],
  [{ theta: -1 }, 'theta must be a nonnegative number, got -1'],
  [{ theta: () => NaN }, 'theta(0, ...) must be a nonnegative number, got NaN'],
  [{ kappa: 1 }, 'kappa must be a positive number below 1, got 1'],
  [{ accuracy: 'exact' }, "accuracy must be 'paper' or 'residual', got \"exact\""],
  [{ multipliers0: 'least' }, 'multipliers0 must be \'leastSquares\' or a vector, got "least"'],
  [{ multipliers0: [1, 2] }, 'multipliers0 must be of length 1, got length 2'],
  [{ inner: () => 1 }, 'inner must be a function that returns an object, got 1'],
  [
    { inner: () => ({ ...direct()(2, undefined as never) }) },
    'inner.z must be a Float64Array of length 3, got Float64Array',
  ],
])('options %j are refused', (options, message) => {
  expect(() => adaSketchNewton(circle, [-2, 0.5], options as never)).toThrow(`adaSketchNewton: ${message}`)
})

test('options of inner solvers and matrices are refused', () => {
  expect(() => kaczmarz({ sampling: 'greedy' as never })).toThrow(
    "kaczmarz: sampling must be 'uniform', 'weighted' or 'cyclic', got \"greedy\"",
  )
  expect(() => gaussian({ blockSize: 0 })).toThrow('gaussian: blockSize must be an integer between 1 and 1000, got 0')
  expect(() =>
    sketchAndProject(
      [
        [1, 2],
        [3, 4],
      ],
      [1, 1],
    ),
  ).toThrow('sketchAndProject: K[0][1] must be equal to K[1][0] = 3, got 2')
  expect(() => testProblem('HS1')).toThrow('testProblem: name must be ')
})

test('a singular Jacobian at the start is a status, not an error', () => {
  for (const name of ['HS61', 'BYRDSPHR']) {
    const problem = testProblem(name)
    const { status, reason, xiG, message, iterations } = adaSketchNewton(problem, problem.start)
    expect([status, reason, iterations]).toEqual(['stalled', 'singular', 0])
    expect(xiG).toBeLessThan(1e-2)
    expect(message).toContain('the gradients of the constraints are nearly dependent')
  }
  const hs61 = testProblem('HS61')
  expect(adaSketchNewton(hs61, [5, -2, 3]).f).toBeCloseTo(-143.6461422, 4)
  expect(adaSketchNewton(hs61, [1, 1, 1]).f).toBeCloseTo(-81.919, 2)
})

test('a start that is a KKT point takes no iteration', () => {
  const { status, iterations, message } = adaSketchNewton(circle, [-1, -1], { multipliers0: [0.5] })
  expect([status, iterations]).toEqual(['converged', 0])
  expect(message).toContain('the start is a KKT point')
})

test('a line search steps back from where functions are not finite', () => {
  // f is NaN beyond x = 1, the first step goes to 3.
  const problem: ConstrainedProblem = {
    f: ([x]) => (x > 1 ? NaN : (x - 0.9) ** 4 - 3 * x),
    gradient: ([x]) => (x > 1 ? [NaN] : [4 * (x - 0.9) ** 3 - 3]),
    hessianLagrangian: () => [[1]],
  }
  const { x, history, reason } = adaSketchNewton(problem, [0], { maxIterations: 20 })
  expect(history[0].alpha).toBeLessThan(1)
  expect(x[0]).toBeLessThanOrEqual(1)
  expect(reason === null || reason === 'lineSearch').toBe(true)
})

test('a Hessian that is not finite ends the run with its reason', () => {
  const { status, reason } = adaSketchNewton(
    {
      ...circle,
      hessianLagrangian: () => [
        [NaN, 0],
        [0, 1],
      ],
    },
    [-2, 0.5],
  )
  expect([status, reason]).toEqual(['stalled', 'nonFinite'])
})

test('a wrong gradient ends in a line search that says so', () => {
  const wrong = { ...testProblem('HS28'), gradient: ([a, b, c]: Float64Array) => [-a, -b, -c] }
  const { status, message } = adaSketchNewton(wrong, [-4, 1, 1], { maxIterations: 200 })
  expect(['stalled', 'max-iterations', 'diverged']).toContain(status)
  if (status === 'stalled') expect(message).toContain('checkDerivatives')
})

test('least-squares multipliers: fewer iterations on MARATOS and HS46, more on HS6 and HS100LNP', () => {
  const outer = (name: string, multipliers0?: 'leastSquares') => {
    const problem = testProblem(name)
    const { status, iterations } = adaSketchNewton(problem, problem.start, { tolerance: 1e-8, multipliers0 })
    expect(status).toBe('converged')
    return iterations
  }
  expect([outer('MARATOS'), outer('MARATOS', 'leastSquares')]).toEqual([15, 4])
  expect(outer('HS46', 'leastSquares')).toBeLessThan(outer('HS46'))
  expect([outer('HS6'), outer('HS6', 'leastSquares')]).toEqual([9, 19])
  expect([outer('HS100LNP'), outer('HS100LNP', 'leastSquares')]).toEqual([9, 20])
})

test('problems at the scale of 1e-300 and 1e300 end in a right answer or an honest status', () => {
  for (const scale of [1e-300, 1e-100, 1e100, 1e300]) {
    const problem: ConstrainedProblem = {
      f: ([a, b]) => scale * (a * a + b * b),
      gradient: ([a, b]) => [2 * scale * a, 2 * scale * b],
      constraints: ([a, b]) => [a + b - 1],
      jacobian: () => [[1, 1]],
      hessianLagrangian: () => [
        [2 * scale, 0],
        [0, 2 * scale],
      ],
    }
    const { status, x, kkt } = adaSketchNewton(problem, [3, 1], { maxIterations: 100 })
    if (status === 'converged') expect(Math.hypot(2 * scale * x[0], 2 * scale * x[1]) < 1e-4 || kkt <= 1e-4).toBe(true)
    else expect(['stalled', 'max-iterations', 'diverged']).toContain(status)
  }
})
