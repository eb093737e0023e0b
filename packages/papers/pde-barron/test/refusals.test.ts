import {
  type Condition,
  conditioning,
  constants,
  customLagrangian,
  type Lagrangian,
  lagrangian,
  maximumPrinciple,
  neuronsFor,
  solveGrid,
  solveNeurons,
  solveSparse,
  TrigSum,
  toMlp,
} from '../src/index.ts'

const D: Condition[] = ['dirichlet', 'dirichlet']
const N: Condition[] = ['neumann', 'neumann']
const f = () => 1
const tiny = { lagrangian: 'quartic' as const, f, boundary: D, modes: 3 }

/** a/2 |p|^2 + (c/2) u^2 with mistakes. */
const own = (change: Partial<Lagrangian> = {}): Lagrangian => ({
  name: 'own',
  value({ n, u, p }, out) {
    for (let i = 0; i < n; i++) out[i] = 0.5 * (u[i] * u[i] + p.reduce((sum, pj) => sum + pj[i] * pj[i], 0))
  },
  slopes({ n, u, p }, du, dp) {
    for (let i = 0; i < n; i++) du[i] = u[i]
    for (const [j, pj] of p.entries()) dp[j].set(pj)
  },
  hessian(_, v, q, hu, hp) {
    hu.set(v)
    for (const [j, qj] of q.entries()) hp[j].set(qj)
  },
  constants: () => ({ lambda: 1, Lambda: 1, mu: 1, Mu: 1 }),
  ...change,
})

test.each<[string, () => unknown, string]>([
  [
    'a boundary of another name',
    () => solveGrid({ ...tiny, boundary: ['periodic'] as never }),
    "boundary[0] must be 'dirichlet' or 'neumann', got \"periodic\"",
  ],
  ['five axes', () => solveGrid({ ...tiny, boundary: [...D, ...D, ...D] }), 'boundary must be of at most 4 axes'],
  ['modes >= grid', () => solveGrid({ ...tiny, modes: 8, grid: 8 }), 'grid must be above modes = 8, got 8'],
  ['an enormous grid', () => solveGrid({ ...tiny, modes: 5000 }), 'grid must be such that grid^2 <= 16777216'],
  [
    'diffusion 0',
    () => lagrangian('quartic', { diffusion: 0 }),
    'lagrangian: diffusion must be a positive number, got 0',
  ],
  ['a negative parameter', () => lagrangian('surface', { surface: -1 }), 'surface must be a nonnegative number'],
  ['another parameter', () => lagrangian('quadratic', { cubic: 1 }), 'parameters must be named diffusion or reaction'],
  ['another name', () => lagrangian('cubic' as never), "name must be 'quadratic', 'log-cosh'"],
  [
    'a potential out of its range',
    () =>
      solveGrid({
        ...tiny,
        lagrangian: lagrangian('quadratic', { reaction: { value: ([x]) => 2 * x, min: 0, max: 1 } }),
      }),
    'reaction.value(x) must be a finite number between 0 and 1',
  ],
  [
    'pure Neumann with mu = 0',
    () => solveGrid({ ...tiny, boundary: N }),
    'mu must be positive with Neumann conditions on all faces, got 0',
  ],
  [
    "'theory' without M",
    () => solveGrid({ ...tiny, lagrangian: lagrangian('quartic', { gradient: 1 }) }, { step: 'theory' }),
    "step must be 'adaptive' or a number where the second derivatives of L have no bound",
  ],
  [
    'another rule',
    () => solveGrid(tiny, { step: 'newton' as never }),
    "step must be 'adaptive', 'theory' or a positive number",
  ],
  ['a step of 0', () => solveGrid(tiny, { step: 0 }), 'step must be a positive number, got 0'],
  ['a misspelled option', () => solveGrid(tiny, { tolerence: 1 } as object), 'did you mean tolerance?'],
  ['f that is NaN', () => solveGrid({ ...tiny, f: ([x]) => Math.sqrt(x - 0.5) }), 'must be a finite number, got NaN'],
  ['f of another length', () => solveGrid({ ...tiny, f: [1, 2, 3] }), 'f must be of length 64, got length 3'],
  [
    'f of another parity',
    () => solveGrid({ ...tiny, f: new TrigSum(['sin', 'cos'], [[1, 0]], [1]) }),
    'f must be of parity sin,sin like the boundary, got sin,cos',
  ],
  [
    'a lift without gradient',
    () => solveGrid({ ...tiny, lift: { value: () => 1 } as never }),
    'lift.gradient must be a function',
  ],
  [
    'a gradient of another length',
    () => solveGrid({ ...tiny, lift: { value: () => 1, gradient: () => [1] } }),
    'must be an array of length 2',
  ],
  [
    'a sine of frequency 0',
    () => new TrigSum(['sin'], [[0]], [1]),
    'TrigSum: frequencies[0][0] must be an integer between 1 and 1000000, got 0',
  ],
  [
    'a negative threshold',
    () => solveSparse({ lagrangian: 'quartic', f: new TrigSum(['sin'], [[1]], [1]), threshold: -1 }),
    'threshold must be a nonnegative number, got -1',
  ],
  [
    'a negative budget',
    () => new TrigSum(['sin'], [[1]], [1]).truncate(-1),
    'TrigSum.truncate: budget must be a nonnegative number',
  ],
  [
    'keys that overflow',
    () => {
      const wide = new TrigSum(new Array(20).fill('cos'), [new Array(20).fill(50)], [1])
      return wide.multiply(wide)
    },
    'frequencies must be such that (top + 1)^d <= 2^53, got top = 100, d = 20',
  ],
  [
    'sums of other parities',
    () => new TrigSum(['sin'], [[1]], [1]).add(new TrigSum(['cos'], [[1]], [1])),
    'TrigSum.add: other must be of parity sin, got cos',
  ],
  [
    'a Lagrangian without sparse products',
    () => solveSparse({ lagrangian: 'surface', f: new TrigSum(['sin'], [[1]], [1]) }),
    "'quartic' (solveGrid and solveNeurons take all), got 'surface'",
  ],
  [
    'fewer points than neurons',
    () => solveNeurons({ lagrangian: 'quartic', f, boundary: D, neurons: { count: 50 }, rule: 6 }),
    'neurons must be at most as many as points of the rule, 36, got 50',
  ],
  [
    'neurons that vanish',
    () =>
      solveNeurons({
        lagrangian: 'quartic',
        f,
        boundary: D,
        neurons: { activation: 'tanh', inputWeights: [[0, 0]], biases: [0] },
        rule: 4,
      }),
    'neurons must be not 0 at all points of the rule',
  ],
  [
    'four axes without a rule',
    () => solveNeurons({ lagrangian: 'quartic', f, boundary: [...D, ...D] }),
    'rule must be given for d > 3',
  ],
  [
    'm of constants without sense',
    () => conditioning({ lambda: 2, Lambda: 1, mu: 0, Mu: 0 }, { boundary: D }),
    'Lambda must be a finite number of at least 2, got 1',
  ],
  [
    'lambda 0',
    () => conditioning({ lambda: 0, Lambda: 1, mu: 0, Mu: 0 }, { boundary: D }),
    'lambda must be a positive number, got 0',
  ],
  ['a negative limit', () => constants('quartic', { uMax: -1 }), 'uMax must be a nonnegative number'],
  [
    'the maximum principle of an unknown Lagrangian',
    () => maximumPrinciple(own(), 1),
    'maximumPrinciple: lagrangian must be one that has a name',
  ],
  [
    'a network that is none',
    () => toMlp({} as never),
    "toMlp: network.activation must be 'cos', 'step' or 'relu', got undefined",
  ],
  ['epsilon 0', () => neuronsFor(1, 0), 'neuronsFor: epsilon must be a positive number'],
  [
    'a wrong derivative in u',
    () =>
      customLagrangian(
        own({
          slopes: ({ n, u, p }, du, dp) => {
            for (let i = 0; i < n; i++) du[i] = 2 * u[i]
            for (const [j, pj] of p.entries()) dp[j].set(pj)
          },
        }),
      ),
    'customLagrangian: L_u must be',
  ],
  [
    'a wrong derivative in p',
    () =>
      customLagrangian(
        own({
          slopes: ({ n, u, p }, du, dp) => {
            for (let i = 0; i < n; i++) du[i] = u[i]
            dp[0].set(p[0])
          },
        }),
      ),
    'L_p[1] must be',
  ],
  [
    'a wrong Hessian',
    () =>
      customLagrangian(
        own({
          hessian: (_, v, q, hu, hp) => {
            hu.set(v.map((x) => 3 * x))
            for (const [j, qj] of q.entries()) hp[j].set(qj)
          },
        }),
      ),
    'the Hessian product, in u, must be',
  ],
  [
    'constants that do not hold',
    () => customLagrangian(own({ constants: () => ({ lambda: 2, Lambda: 3, mu: 1, Mu: 1 }) })),
    'the second derivative of L must be between',
  ],
  [
    'a Lagrangian that was checked in fewer dimensions',
    () => {
      const line = customLagrangian(
        own({
          value: ({ n, u, p }, out) => {
            for (let i = 0; i < n; i++) out[i] = 0.5 * (u[i] * u[i] + p[0][i] * p[0][i])
          },
          slopes: ({ u, p }, du, dp) => {
            du.set(u)
            dp[0].set(p[0])
          },
          hessian: (_, v, q, hu, hp) => {
            hu.set(v)
            hp[0].set(q[0])
          },
        }),
        { dimension: 1 },
      )
      return solveGrid({ ...tiny, lagrangian: line })
    },
    'the second derivative of L must be between',
  ],
  ['no f', () => solveGrid({ ...tiny, f: undefined as never }), 'f must be a function of a point, a TrigSum or values'],
  [
    'a missing function',
    () => customLagrangian(own({ hessian: undefined as never })),
    'lagrangian.hessian must be a function',
  ],
  [
    'a concave Lagrangian',
    () =>
      solveGrid({
        ...tiny,
        lagrangian: own({
          value: ({ n, u, p }, out) => {
            for (let i = 0; i < n; i++) out[i] = 0.5 * (-u[i] * u[i] + p[0][i] * p[0][i] + p[1][i] * p[1][i])
          },
          slopes: ({ n, u, p }, du, dp) => {
            for (let i = 0; i < n; i++) du[i] = -u[i]
            for (const [j, pj] of p.entries()) dp[j].set(pj)
          },
          hessian: (_, v, q, hu, hp) => {
            hu.set(v.map((x) => -x))
            for (const [j, qj] of q.entries()) hp[j].set(qj)
          },
          constants: () => ({ lambda: 1, Lambda: 1, mu: 0, Mu: 1 }),
        }),
      }),
    'the second derivative of L must be between 0.232570',
  ],
  [
    'an undeclared dependence of L_p on x',
    () =>
      customLagrangian(
        own({
          value: ({ n, x, u, p }, out) => {
            for (let i = 0; i < n; i++)
              out[i] = 0.5 * (u[i] * u[i] + (1 + x[0][i]) * (p[0][i] * p[0][i] + p[1][i] * p[1][i]))
          },
          slopes: ({ n, x, u, p }, du, dp) => {
            for (let i = 0; i < n; i++) {
              du[i] = u[i]
              for (const [j, pj] of p.entries()) dp[j][i] = (1 + x[0][i]) * pj[i]
            }
          },
          hessian: ({ n, x }, v, q, hu, hp) => {
            hu.set(v)
            for (const [j, qj] of q.entries()) for (let i = 0; i < n; i++) hp[j][i] = (1 + x[0][i]) * qj[i]
          },
          constants: () => ({ lambda: 1, Lambda: 2, mu: 1, Mu: 1 }),
        }),
      ),
    'the divergence of L_p in x must be',
  ],
])('%s', (_, call, message) => {
  expect(call).toThrow(message)
})

test('a custom Lagrangian that becomes NaN ends as diverged', () => {
  const spoilt = customLagrangian(own())
  let calls = -1
  const broken = {
    ...spoilt,
    slopes: (at: Parameters<Lagrangian['slopes']>[0], du: Float64Array, dp: readonly Float64Array[]) => {
      spoilt.slopes(at, du, dp)
      if (calls >= 0 && ++calls > 4) du[0] = NaN
    },
  }
  const L = customLagrangian(broken)
  calls = 0
  const answer = solveGrid(
    { ...tiny, lagrangian: L, boundary: D },
    { step: 0.1, tolerance: 1e-12, certificateModes: 3 },
  )
  expect(answer.status).toBe('diverged')
  expect(answer.iterations).toBeGreaterThan(0)
})
