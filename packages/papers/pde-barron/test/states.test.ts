import { deepRitz, lagrangian, solveGrid, solveNeurons, solveSparse, TrigSum } from '../src/index.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value))
const f = ([x, y]: number[]) => 30 * x * (1 - y)
const boundary = ['dirichlet', 'neumann'] as const
const L = lagrangian('quartic', { gradient: 0.5, cubic: 3, reaction: 1 })

test('a descent on a grid goes on to the same bits', () => {
  const problem = { lagrangian: L, f, boundary, modes: 6 }
  const whole = solveGrid(problem)
  expect(whole.iterations).toBeGreaterThan(8)
  for (const stop of [1, 3, 7]) {
    const part = solveGrid(problem, { maxIterations: stop })
    const rest = solveGrid(problem, { initial: json(part.state) })
    expect(rest.state).toEqual(whole.state)
    expect(rest.errorBound).toBe(whole.errorBound)
    expect(part.iterations + rest.iterations).toBe(whole.iterations)
    expect(rest.history.map(({ dual }) => dual)).toEqual(whole.history.slice(stop).map(({ dual }) => dual))
  }
  const again = solveGrid(problem, { initial: json(whole.state) })
  expect([again.status, again.iterations]).toEqual(['converged', 0])
  expect(again.u.coefficients).toEqual(whole.u.coefficients)
})

test('a descent on sparse sums goes on to the same bits', () => {
  const sum = new TrigSum(
    ['cos', 'cos', 'cos'],
    [
      [1, 0, 1],
      [0, 2, 0],
    ],
    [3, -2],
  )
  const problem = { lagrangian: L, f: sum, threshold: 1e-7, budget: 1e-6 }
  const whole = solveSparse(problem, { tolerance: 1e-5 })
  expect(whole.status).toBe('converged')
  for (const stop of [1, 3]) {
    const part = solveSparse(problem, { tolerance: 1e-5, maxIterations: stop })
    const rest = solveSparse(problem, { tolerance: 1e-5, initial: json(part.state) })
    expect(rest.state).toEqual(whole.state)
    expect(rest.errorEstimate).toBe(whole.errorEstimate)
  }
})

test('a descent of neurons goes on to the same bits', () => {
  const problem = { lagrangian: L, f, boundary, neurons: { count: 12 }, rule: 8 }
  const whole = solveNeurons(problem)
  for (const stop of [1, 4]) {
    const part = solveNeurons(problem, { maxIterations: stop })
    const rest = solveNeurons(problem, { initial: json(part.state) })
    expect(rest.state).toEqual(whole.state)
    expect(rest.network.outputWeights).toEqual(whole.network.outputWeights)
  }
})

test('a training goes on to the same bits', () => {
  const problem = { lagrangian: L, f, boundary, neurons: { count: 5 }, rule: 6 }
  const whole = deepRitz(problem, { steps: 20, polish: 5 })
  expect(whole.status).toBe('completed')
  const part = deepRitz(problem, { steps: 8 })
  const rest = deepRitz(problem, { steps: 20, polish: 5, initial: json(part.state) })
  expect(rest.state).toEqual(whole.state)
  expect(rest.network).toEqual(whole.network)
  expect(rest.energy).toBe(whole.energy)
})

test('an aborted training stops its L-BFGS', () => {
  const problem = { lagrangian: L, f, boundary, neurons: { count: 5 }, rule: 6 }
  const abort = new AbortController()
  const onProgress = ({ iteration }: { iteration: number }) => void (iteration === 12 && abort.abort())
  const stopped = deepRitz(problem, { steps: 10, polish: 500, signal: abort.signal, onProgress })
  const whole = deepRitz(problem, { steps: 10, polish: 500 })
  expect([stopped.status, stopped.iterations]).toEqual(['aborted', 12])
  expect(stopped.energy).toBeGreaterThan(whole.energy + 1e-9)
})

test('an aborted descent answers, with its bound', () => {
  const abort = new AbortController()
  const answer = solveGrid(
    { lagrangian: L, f, boundary, modes: 6 },
    { signal: abort.signal, onProgress: ({ iteration }) => void (iteration === 2 && abort.abort()) },
  )
  expect([answer.status, answer.iterations]).toEqual(['aborted', 2])
  expect(answer.discreteBound).toBeGreaterThan(0)
})

test('states of something else are refused', () => {
  const problem = { lagrangian: L, f, boundary, modes: 4 }
  const { state } = solveGrid(problem)
  const broken = (change: object) => () => solveGrid(problem, { initial: { ...state, ...change } })
  expect(broken({ coefficients: [1, 2] })).toThrow('initial.coefficients must be of length 16, got length 2')
  expect(broken({ step: 0 })).toThrow('initial.step must be a positive number, got 0')
  expect(broken({ recent: [] })).toThrow('initial.recent must be of length 1 to 10')
  expect(broken({ recent: 3 })).toThrow('initial.recent must be an array')
  expect(() => solveGrid(problem, { initial: null as never })).toThrow('solveGrid: initial must be an object, got null')
  expect(() => solveNeurons({ ...problem, rule: 4, neurons: { count: 2 } } as never, { initial: 3 as never })).toThrow(
    'solveNeurons',
  )
  const sum = new TrigSum(['cos'], [[1]], [1])
  const other = solveSparse({ lagrangian: 'quartic', f: new TrigSum(['sin'], [[1]], [1]) })
  expect(() =>
    solveSparse({ lagrangian: lagrangian('quartic', { reaction: 1 }), f: sum }, { initial: other.state }),
  ).toThrow('initial.u must be of parity cos, got sin')
})
