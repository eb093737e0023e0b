import { dot, random } from '@opt/core'
import { golden, near } from '@opt/testing'
import fc from 'fast-check'
import { type ActivationName, type DenseNetwork, type LossName, mlp, objective, type Real } from '../src/index.ts'
import { combinations, inputSlope, networkOf, problem, slope, within } from './shared.ts'

interface DerivativeCase {
  activation: ActivationName
  loss: LossName
  bias: boolean
  batchNorm: boolean
  sizes: number[]
  training: Record<'gradient' | 'hvp' | 'mixed' | 'vjp' | 'jvp', number[]> & { value: number }
  activations: number[][]
  activationGradients: number[][]
  [name: string]: unknown
}

const cases = golden<DerivativeCase[]>(import.meta.url, 'derivatives.json')

describe.each(cases)('PyTorch: $activation, $loss, bias $bias, norm $batchNorm', (given) => {
  const array = (name: string) => given[name] as number[]
  const network = mlp({ ...networkOf(given), batch: 7 })
  const [x, y, v, dx, c] = ['inputs', 'targets', 'direction', 'inputDirection', 'cotangents'].map(array)
  const weights = array('weights')
  const { training } = given
  beforeEach(() => network.parameters.set(array('parameters')))

  test('the weighted loss and its derivatives', () => {
    near(network.loss(x, y, { weights }), training.value, { relative: 1e-12, absolute: 1e-14 })
    near(network.gradient(x, y, { weights }), training.gradient, within(1e-12))
    near(network.hvp(x, y, v, { weights }), training.hvp, within(1e-12))
    near(network.hvp(x, y, { inputs: dx }, { weights }), training.mixed, within(1e-12))
  })

  test('products with Jacobians', () => {
    near(network.backpropagate(x, c), training.vjp, within(1e-12))
    near(network.jvp(x, { parameters: v, inputs: dx }), training.jvp, within(1e-12))
    network.training = false
    near(network.backpropagate(x, array('hiddenCotangents'), { layer: 1 }), array('hiddenVjp'), within(1e-12))
    near(network.backpropagateToInputs(x, c), array('inputCotangents'), within(1e-12))
    network.training = true
  })

  test('activations and the gradients in them', () => {
    network.activations(x).forEach((a, l) => near(a, given.activations[l], within(1e-12)))
    network.activationGradients(x, y).forEach((g, l) => near(g, given.activationGradients[l], within(1e-12)))
  })

  test('single examples with weights', () => {
    near(network.perExampleLosses(x, y, { weights }), array('losses'), within(1e-12))
    near(network.perExampleGradientNorms(x, y, { weights }), array('norms'), within(1e-12))
    near(network.perExampleInnerProducts(x, y, { weights }), array('innerProducts'), within(1e-12))
    near(network.perExampleDirectionalDerivatives(x, y, v, { weights }), array('directional'), within(1e-12))
    near(network.inputGradientTangent(x, y, { inputs: dx }), array('inputHessianProduct'), within(1e-12))
  })
})

/** Both network and examples of a combination, and its weights. */
function weighted(options: (typeof combinations)[number]) {
  const given = problem(options)
  const rng = random(combinations.indexOf(options) + 1000)
  const draw = (length: number) => Float64Array.from({ length }, () => rng.normal())
  const weights = draw(given.n)
  return { ...given, weights, draw }
}

describe.each(combinations)('$activation, $loss, bias $bias, batch normalization $batchNorm', (options) => {
  const { network, inputs, targets, n, weights, draw, direction } = weighted(options)
  const v = direction()
  const dx = draw(inputs.length)
  const alongInputs = (f: Parameters<typeof inputSlope>[2], h?: number) => inputSlope(inputs, dx, f, h)
  const outputs = (x = inputs) => {
    network.loss(x, targets)
    return network.lastOutputs
  }

  test('the weighted loss is the mean of the weighted losses, and its gradient and products have its slopes', () => {
    const slopes = slope(network, v, () => Float64Array.of(network.loss(inputs, targets, { weights })))
    near(dot(network.gradient(inputs, targets, { weights }), v), slopes[0], { absolute: 1e-6, relative: 1e-6 })
    near(
      network.hvp(inputs, targets, v, { weights }),
      slope(network, v, () => network.gradient(inputs, targets, { weights })),
      within(1e-6),
    )
    const ones = weights.map(() => 1)
    near(network.loss(inputs, targets, { weights: ones }), network.loss(inputs, targets), { relative: 1e-14 })
    expect(network.gradient(inputs, targets, { weights: ones })).toEqual(network.gradient(inputs, targets))
    const Gv = network.gnvp(inputs, targets, v, { weights })
    const doubled = network.gnvp(inputs, targets, v, { weights: weights.map((w) => 2 * w) })
    expect(doubled).toEqual(Gv.map((entry) => 2 * entry))
  })

  test('the Jacobian of the outputs: its products have the slopes of the outputs, and are adjoint', () => {
    near(
      network.jvp(inputs, v),
      slope(network, v, () => outputs()),
      within(1e-6),
    )
    near(network.jvp(inputs, { inputs: dx }), alongInputs(outputs), within(1e-6))
    const c = draw(3 * n)
    near(dot(network.backpropagate(inputs, c), v), dot(c, network.jvp(inputs, v)), { absolute: 1e-11, relative: 1e-11 })
    network.training = false
    const toInputs = dot(network.backpropagateToInputs(inputs, c), dx)
    near(toInputs, dot(c, network.jvp(inputs, { inputs: dx })), { absolute: 1e-11, relative: 1e-11 })
    network.training = true
  })

  test('cotangents of the loss give its gradient; those of a layer give what the layers below it add', () => {
    network.training = false
    const scaled = network.activationGradients(inputs, targets).map((g) => g.map((entry) => entry / n))
    const gradient = network.gradient(inputs, targets)
    const { length } = gradient
    near(network.backpropagate(inputs, scaled[2]), gradient, within(1e-13))
    const layers = network.layers(gradient)
    scaled.forEach((cotangents, l) => {
      const below = layers
        .slice(0, l + 1)
        .flatMap(({ weight, bias, scale, shift }) =>
          [weight, bias, scale, shift].flatMap((part) => Array.from(part ?? [])),
        )
      near(
        network.backpropagate(inputs, cotangents, { layer: l }),
        [...below, ...new Array(length - below.length).fill(0)],
        within(1e-12),
      )
      near(
        network.backpropagateToInputs(inputs, cotangents, { layer: l }).map((entry) => n * entry),
        network.inputGradient(inputs, targets),
        within(1e-12),
      )
    })
    network.training = true
  })

  test('second derivatives in the inputs', () => {
    near(
      network.hvp(inputs, targets, { inputs: dx }, { weights }),
      alongInputs((x) => network.gradient(x, targets, { weights })),
      within(2e-6),
    )
    near(
      network.inputGradientTangent(inputs, targets, { inputs: dx }),
      alongInputs((x) => network.inputGradient(x, targets)),
      within(2e-6),
    )
    near(
      network.inputGradientTangent(inputs, targets, v),
      slope(network, v, () => network.inputGradient(inputs, targets)),
      within(2e-6),
    )
    const mixed = network.hvp(inputs, targets, { inputs: dx })
    near(
      network.hvp(inputs, targets, { parameters: v, inputs: dx }),
      network.hvp(inputs, targets, v).map((entry, i) => entry + mixed[i]),
      within(1e-12),
    )
  })

  test('derivatives of single examples along a direction', () => {
    near(
      network.perExampleDirectionalDerivatives(inputs, targets, { parameters: v, inputs: dx }, { weights }),
      slope(network, v, () => network.perExampleLosses(inputs, targets, { weights })).map(
        (entry, i) => entry + alongInputs((x) => network.perExampleLosses(x, targets, { weights }))[i],
      ),
      within(1e-6),
    )
  })
})

test('on a thousand networks, weights are what repeating and leaving out examples is', () => {
  fc.assert(
    fc.property(
      fc.record({
        sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 }),
        seed: fc.integer(),
        batch: fc.integer({ min: 1, max: 9 }),
        bias: fc.boolean(),
        loss: fc.constantFrom<LossName>('squared', 'logistic', 'hinge'),
        dtype: fc.constantFrom('float64' as const, 'float32' as const),
        counts: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 }),
      }),
      ({ counts, seed, ...options }) => {
        const total = counts.reduce((sum, count) => sum + count, 0)
        fc.pre(total > 0)
        const rng = random(seed)
        const network = mlp({ ...options, activation: 'tanh', seed: rng })
        const [k, m] = [options.sizes[0], options.sizes[options.sizes.length - 1]]
        const n = counts.length
        const x = Array.from({ length: n }, () => Array.from({ length: k }, () => rng.normal()))
        const y: number[][] = Array.from({ length: n }, () =>
          Array.from({ length: m }, () => (rng.uniform() < 0.5 ? 1 : 0)),
        )
        if (options.loss === 'hinge') for (const row of y) row.forEach((entry, j) => (row[j] = 2 * entry - 1))
        const repeated = <T>(rows: T[]) => rows.flatMap((row, i) => new Array<T>(counts[i]).fill(row))
        const v = Float64Array.from(network.parameters, () => rng.normal())
        const scale = total / n
        const tolerance = within(options.dtype === 'float64' ? 1e-12 : 1e-4)
        const times = (array: Real) => array.map((entry) => entry * scale)
        const weights = counts
        const [xs, ys] = [repeated(x), repeated(y)]
        near(network.loss(x, y, { weights }), scale * network.loss(xs, ys), { relative: 1e-5, absolute: 1e-6 })
        near(network.gradient(x, y, { weights }), times(network.gradient(xs, ys)), tolerance)
        near(network.hvp(x, y, v, { weights }), times(network.hvp(xs, ys, v)), tolerance)
        near(network.gnvp(x, y, v, { weights }), times(network.gnvp(xs, ys, v)), tolerance)
        const parts = objective(network, x, y, { weights })
        expect(parts.gradient(network.parameters)).toEqual(network.gradient(x, y, { weights }))
        expect(parts.hvp(network.parameters, v)).toEqual(network.hvp(x, y, v, { weights }))
        // Out of order, as batches of a data set.
        const order = x.map((_, i) => n - 1 - i)
        const value = network.lossAndGradientAt(network.examples(x, y, { weights }), order)
        const reversed = { weights: [...weights].reverse() }
        expect(value).toBe(network.loss([...x].reverse(), [...y].reverse(), reversed))
        expect(network.gradients.slice()).toEqual(network.gradient([...x].reverse(), [...y].reverse(), reversed))
        const norms = network.perExampleGradientNorms(x, y)
        near(
          network.perExampleGradientNorms(x, y, { weights }),
          norms.map((norm, i) => norm * counts[i]),
          tolerance,
        )
      },
    ),
    { numRuns: 1000, seed: 17 },
  )
})

describe('the edges', () => {
  const make = (options = {}): DenseNetwork => mlp({ sizes: [3, 4, 2], activation: 'tanh', seed: 1, ...options })
  const x = [0.1, -0.2, 0.3, 1, 2, -1, 0.5, 0.5, 0]
  const y = [0, 1, 1]

  test('several passes give what one gives', () => {
    const [one, many] = [make(), make({ batch: 2 })]
    const c = [1, 2, 3, 4, 5, 6]
    const weights = [0.5, -1, 2]
    expect(many.activations(x)).toEqual(one.activations(x))
    expect(many.activationGradients(x, y, { weights })).toEqual(one.activationGradients(x, y, { weights }))
    expect(many.jvp(x, { inputs: x })).toEqual(one.jvp(x, { inputs: x }))
    expect(many.backpropagateToInputs(x, c)).toEqual(one.backpropagateToInputs(x, c))
    expect(many.perExampleLosses(x, y)).toEqual(one.perExampleLosses(x, y))
    expect(many.inputGradientTangent(x, y, { inputs: x })).toEqual(one.inputGradientTangent(x, y, { inputs: x }))
    near(many.backpropagate(x, c), one.backpropagate(x, c), within(1e-14))
    near(many.hvp(x, y, { inputs: x }), one.hvp(x, y, { inputs: x }), within(1e-13))
  })

  test('a function of the outputs saves a pass', () => {
    const network = make({ batch: 2 })
    const seen: number[] = []
    const rule = (outputs: Real, first: number) => {
      seen.push(first, outputs.length)
      return outputs.map((z) => 2 * z)
    }
    const cotangents = network.predict(x).map((z) => 2 * z)
    expect(network.backpropagate(x, rule)).toEqual(network.backpropagate(x, cotangents))
    expect(network.gradients).toEqual(network.backpropagate(x, cotangents))
    expect(network.backpropagateToInputs(x, rule)).toEqual(network.backpropagateToInputs(x, cotangents))
    expect(seen).toEqual([0, 4, 2, 2, 0, 4, 2, 2])
  })

  test('an example of weight 0 takes no part, even where its loss overflows', () => {
    const network = make({ loss: 'squared' })
    const rows = [
      [1, 2, 3],
      [0, 0, 1],
    ]
    const targets = [
      [1e200, 1],
      [0, 1],
    ]
    expect(network.loss(rows, targets)).toBe(Infinity)
    const weights = [0, 2]
    expect(network.loss(rows, targets, { weights })).toBe(network.loss([rows[1]], [targets[1]]))
    expect(network.gradient(rows, targets, { weights })).toEqual(network.gradient([rows[1]], [targets[1]]))
    expect(
      network.perExampleGradientNorms(
        rows,
        [
          [1, 1],
          [0, 1],
        ],
        { weights },
      )[0],
    ).toBe(0)
  })

  test('what does not fit is refused by name, and nothing is written', () => {
    const network = make({ batch: 1 })
    const v = network.parameters.slice()
    const out = new Float64Array(9).fill(7)
    const bad: [() => unknown, RegExp][] = [
      [() => network.loss(x, y, { weights: [1, 2] }), /^DenseNetwork\.loss: weights must be of length 3, got length 2/],
      [
        () => network.gradient(x, y, { weights: [1, NaN, 1] }),
        /^DenseNetwork\.gradient: weights\[1\] must be a finite number, got NaN/,
      ],
      [() => network.examples(x, y, { weights: [1, 1, Infinity] }), /^DenseNetwork\.examples: weights\[2\]/],
      [() => network.loss(x, y, 3 as never), /^DenseNetwork\.loss: options must be an object/],
      [() => network.loss(x, y, [1, 1, 1] as never), /^DenseNetwork\.loss: options must be an object/],
      [
        () => network.gradient(x, y, [1, 2] as never),
        /^DenseNetwork\.gradient: out must be a Float64Array or a Float32Array/,
      ],
      [() => network.hvp(x, y, {}), /^DenseNetwork\.hvp: v must be an array, or an object with parameters or inputs/],
      [() => network.hvp(x, y, null as never), /^DenseNetwork\.hvp: v must be/],
      [() => network.hvp(x, y, { inputs: [1, 2] }), /^DenseNetwork\.hvp: v.inputs must be rows of 3/],
      [
        () => network.hvp(x, y, { inputs: [1, 2, 3] }),
        /^DenseNetwork\.hvp: v.inputs must be 3 rows of 3, got length 3/,
      ],
      [() => network.jvp(x, { inputs: [...x.slice(1), NaN] }, out), /^DenseNetwork\.jvp: (v.inputs\[2\]\[2\]|out)/],
      [() => network.jvp(x, { parameters: [1] }), /^DenseNetwork\.jvp: v.parameters must be of length/],
      [
        () => network.backpropagate(x, [1, 2]),
        /^DenseNetwork\.backpropagate: cotangents must be 3 rows of 2, got length 2/,
      ],
      [
        () => network.backpropagate(x, x, { layer: 2 }),
        /^DenseNetwork\.backpropagate: layer must be an integer between 0 and 1/,
      ],
      [
        () => network.backpropagateToInputs(x, [1, 2, 3, 4, 5, NaN], { out }),
        /^DenseNetwork\.backpropagateToInputs: cotangents\[2\]\[1\]/,
      ],
      [
        () => network.backpropagateToInputs(x, (_, i) => [1, i === 2 ? NaN : 1], { out }),
        /^DenseNetwork\.backpropagateToInputs: cotangents\[2\]\[1\] must be a finite number, got NaN/,
      ],
      [
        () => network.backpropagateToInputs(x, (_, i) => Float64Array.of(1, i === 2 ? NaN : 1), { out }),
        /^DenseNetwork\.backpropagateToInputs: cotangents\[2\]\[1\] must be a finite number, got NaN/,
      ],
      [
        () => make({ dtype: 'float32' }).backpropagate(x, () => Float64Array.of(1, 1e39, 3, 4, 5, 6)),
        /^DenseNetwork\.backpropagate: cotangents\[0\]\[1\] must be a finite number, got 1e\+39/,
      ],
      [
        () => network.backpropagateToInputs(x, () => [1], { out }),
        /^DenseNetwork\.backpropagateToInputs: cotangents must be a function that returns 1 rows/,
      ],
      [() => network.activations([1]), /^DenseNetwork\.activations: inputs must be rows of 3/],
      [() => network.activationGradients(x, [0, 1, 2]), /^DenseNetwork\.activationGradients: targets\[2\]/],
      [
        () => network.inputGradientTangent(x, y, v.subarray(1), out),
        /^DenseNetwork\.inputGradientTangent: v must be of length/,
      ],
      [
        () => make({ batch: 2, batchNorm: true }).jvp(x, { inputs: x }),
        /^DenseNetwork\.jvp: inputs must be at most 2 examples/,
      ],
      [
        () => make({ batch: 2, batchNorm: true }).backpropagate(x, [1, 2, 3, 4, 5, 6]),
        /^DenseNetwork\.backpropagate: inputs must be at most 2/,
      ],
      [
        () => make({ dtype: 'float32' }).backpropagate(x, [1e39, 2, 3, 4, 5, 6]),
        /^DenseNetwork\.backpropagate: cotangents\[0\]\[0\]/,
      ],
    ]
    for (const [call, message] of bad) expect(call).toThrow(message)
    expect(out.every((entry) => entry === 7)).toBe(true)
  })
})
