import { random } from '@opt/core'
import ndarray from 'ndarray'
import { conformance } from '../src/conformance/index.ts'
import * as optimizers from '../src/index.ts'

interface NormalizedHyper extends optimizers.Hyper {
  beta: number
  epsilon: number
}

/** An algorithm of one's own: descent by the gradient over a running average of its norm, a number kept for each parameter. */
class Normalized<P extends optimizers.ParameterSet = optimizers.ParameterSet> extends optimizers.Optimizer<
  NormalizedHyper,
  P
> {
  constructor(parameters: P, options: optimizers.OptimizerOptions<NormalizedHyper> = {}) {
    super(
      {
        name: 'Normalized',
        settings: {
          learningRate: optimizers.nonnegative(0.1),
          beta: optimizers.fraction(0.5),
          epsilon: optimizers.positive(1e-12),
        },
        arrays: () => ['velocity'],
        numbers: () => ['norm'],
      },
      parameters,
      options,
    )
  }

  protected override update(slot: optimizers.Slot, { learningRate, beta, epsilon }: NormalizedHyper): void {
    const { length, parameter, gradient, arrays, numbers } = slot
    let sum = 0
    for (let i = 0; i < length; i++) sum += gradient[i] * gradient[i]
    numbers.norm = beta * numbers.norm + (1 - beta) * Math.sqrt(sum)
    for (let i = 0; i < length; i++) {
      arrays.velocity[i] = beta * arrays.velocity[i] + gradient[i]
      parameter[i] -= (learningRate * arrays.velocity[i]) / (numbers.norm + epsilon)
    }
  }
}

describe('an optimizer of one page conforms', () => {
  const checks = conformance((p, o) => new Normalized(p, o), {
    elementwise: false,
    rosenbrock: { learningRate: (t) => 0.003 * (1 - t / 20000), steps: 20000, tolerance: 1e-3 },
  })
  for (const { name, check } of checks) test(name, check)
})

describe('the suite finds what is wrong', () => {
  const failures = (create: Parameters<typeof conformance>[0]) =>
    conformance(create)
      .filter(({ check }) => {
        try {
          check()
          return false
        } catch {
          return true
        }
      })
      .map(({ name }) => name)

  class Broken extends optimizers.SGD<optimizers.ParameterSet> {
    readonly kept: unknown[] = []
    override update(slot: optimizers.Slot, hyper: never): void {
      this.kept.push(new Float64Array(64))
      slot.parameter[0] += 1e-9
      super.update(slot, hyper)
    }
  }

  test('a step that allocates, moves without a gradient and at learning rate 0, and looks at its place', () => {
    const found = failures((p, o) => new Broken(p, o))
    for (const word of ['allocates', 'zero gradients', 'schedules', 'ten of 10'])
      expect(found.filter((name) => name.includes(word))).toHaveLength(1)
  })

  test('a state that is forgotten', () => {
    class Forgetful extends optimizers.SGD<optimizers.ParameterSet> {
      override load(): void {}
    }
    const found = failures((p, o) => new Forgetful(p, { momentum: 0.9, ...o }))
    expect(found.filter((name) => name.startsWith('state comes back'))).toHaveLength(2)
  })
})

describe('the contract', () => {
  test('a group has its own state: no velocity where there is no momentum', () => {
    const x = { a: Float64Array.of(1), b: Float64Array.of(1) }
    const optimizer = new optimizers.SGD(x, { momentum: 0.9, groups: [{ parameters: ['b'], momentum: 0 }] })
    expect(optimizer.state().parameters.map(({ arrays }) => Object.keys(arrays))).toEqual([['velocity'], []])
  })

  test('parameters are typed by what was given', () => {
    const optimizer = new optimizers.SGD(
      { w: ndarray(new Float32Array(6), [2, 3]), b: new Float64Array(3) },
      { resident: true },
    )
    optimizer.gradients.w.set(1, 2, 1)
    optimizer.step(optimizer.gradients)
    expect(optimizer.parameters.w.get(1, 2)).toBe(Math.fround(-1e-3))
    expect(optimizer.parameters.b).toHaveLength(3)
    expect(optimizer.steps).toBe(1)
  })

  test('gradients of the optimizer may be used beside own parameters', () => {
    const x = Float64Array.of(1, 2)
    const optimizer = new optimizers.SGD(x, { learningRate: 1 })
    optimizer.gradients.set([0.5, -0.5])
    optimizer.step(optimizer.gradients)
    expect([...x]).toEqual([0.5, 2.5])
  })

  test('a flat gradient is taken for a shaped parameter, row-major', () => {
    const x = ndarray(new Float64Array(6), [2, 3], [1, 2])
    new optimizers.SGD(x, { learningRate: 1 }).step(Float64Array.of(1, 2, 3, 4, 5, 6))
    expect([0, 1, 2].map((j) => x.get(1, j))).toEqual([-4, -5, -6])
  })

  test('an error names the entry by its place', () => {
    const optimizer = new optimizers.Adam([ndarray(new Float64Array(6), [2, 3])])
    const bad = ndarray(new Float64Array(6), [2, 3])
    bad.set(1, 0, NaN)
    expect(() => optimizer.step([bad])).toThrow('Adam.step: gradients[0][1][0] must be a finite number, got NaN')
    expect(() => optimizer.step([])).toThrow('Adam.step: gradients must be of length 1, got length 0')
  })

  test.each(['beta1', 'beta2'])('%s must lie in [0, 1)', (name) => {
    for (const value of [1, -0.1, NaN, '0.9'])
      expect(() => new optimizers.Adam(new Float64Array(1), { [name]: value })).toThrow(
        new RegExp(`Adam: ${name} must be`),
      )
  })

  test('the core kernels see arrays with room for large parameters: 300 000 entries at once', () => {
    const rng = random(1)
    const x = Float32Array.from({ length: 300000 }, () => rng.normal())
    const g = x.map((v) => 2 * v)
    const before = x.slice()
    new optimizers.SGD(x, { learningRate: 0.25 }).step(g)
    for (let i = 0; i < x.length; i += 997) expect(x[i]).toBe(before[i] / 2)
  })
})

test('an update without a kernel runs in plain JavaScript, whatever its name', () => {
  const peak = optimizers.fusedUpdate({
    name: 'peak', // the name of a vector kernel
    writes: ['parameter'],
    reads: ['gradient'],
    numbers: ['learningRate'],
    plain(n, { parameter: x, gradient: g }, { learningRate }, round) {
      for (let i = 0; i < n; i++) x[i] -= round(learningRate * g[i])
    },
  })
  class Plain extends optimizers.Optimizer<optimizers.Hyper> {
    protected override update(slot: optimizers.Slot, { learningRate }: optimizers.Hyper): void {
      slot.apply(peak, { learningRate })
    }
  }
  const rules = { name: 'Plain', settings: { learningRate: optimizers.nonnegative(0.1) }, arrays: () => [] }
  for (const Kind of [Float64Array, Float32Array]) {
    const [x, g] = [Kind.of(1, 2), Kind.of(3, 0.7)]
    const rate = Kind.of(0.1)[0]
    const product = (k: number) => Kind.of(rate * g[k])[0]
    new Plain(rules, x).step(g)
    expect(x).toEqual(Kind.of(1 - product(0), 2 - product(1)))
  }
})
