import { dot } from '@opt/core'
import { golden, near } from '@opt/testing'
import { type ActivationName, type DenseNetwork, type LossName, mlp } from '../src/index.ts'
import { combinations, networkOf, problem, slope, within } from './shared.ts'

describe.each(combinations)('$activation, $loss, bias $bias, batch normalization $batchNorm', (options) => {
  const { network, inputs, targets, n, direction } = problem(options)
  const [v, w] = [direction(), direction()]

  test('the gradient has the slopes of the loss', () => {
    const gradient = network.gradient(inputs, targets)
    const unit = (i: number) => Float64Array.from(gradient, (_, j) => (i === j ? 1 : 0))
    const slopes = Array.from(
      gradient,
      (_, i) => slope(network, unit(i), () => Float64Array.of(network.loss(inputs, targets)))[0],
    )
    near(gradient, slopes, within(1e-7))
  })

  test('the Hessian-vector product is the slope of the gradient, and symmetric', () => {
    const Hv = network.hvp(inputs, targets, v)
    near(
      Hv,
      slope(network, v, () => network.gradient(inputs, targets)),
      within(1e-6),
    )
    const Hw = network.hvp(inputs, targets, w)
    expect(Math.abs(dot(w, Hv) - dot(v, Hw))).toBeLessThan(1e-11 * (1 + Math.abs(dot(w, Hv))))
  })

  test("the Gauss-Newton product is J'HJ v", () => {
    const outputs = () => {
      network.loss(inputs, targets)
      return network.lastOutputs
    }
    const z = Float64Array.from(outputs())
    const [Jv, Jw] = [slope(network, v, outputs), slope(network, w, outputs)]
    let expected = 0
    for (let i = 0; i < n; i++) {
      const [zi, a, b] = [z, Jv, Jw].map((x) => Array.from(x.subarray(3 * i, 3 * i + 3)))
      const p = zi.map((t) => 1 / (1 + Math.exp(-t)))
      const total = zi.reduce((sum, t) => sum + Math.exp(t), 0)
      const q = zi.map((t) => Math.exp(t) / total)
      if (options.loss === 'squared') expected += dot(a, b)
      if (options.loss === 'logistic')
        expected += dot(
          a.map((t, j) => t * p[j] * (1 - p[j])),
          b,
        )
      if (options.loss === 'cross-entropy')
        expected +=
          dot(
            a.map((t, j) => t * q[j]),
            b,
          ) -
          dot(a, q) * dot(b, q)
    }
    const Gv = network.gnvp(inputs, targets, v)
    expect(Math.abs(dot(w, Gv) - expected / n)).toBeLessThan(5e-6 * (1 + Math.abs(expected / n)))
    expect(dot(v, Gv)).toBeGreaterThanOrEqual(options.loss === 'hinge' ? 0 : 1e-12)
  })

  test('float32 agrees with float64', () => {
    const small = network.clone({ dtype: 'float32' })
    network.parameters.set(small.parameters)
    near(small.gradient(inputs, targets), network.gradient(inputs, targets), within(2e-5))
    near(small.hvp(inputs, targets, v), network.hvp(inputs, targets, Float32Array.from(v)), within(1e-4))
    expect(small.gradient(inputs, targets)).toBeInstanceOf(Float32Array)
  })

  test('what is said of single examples is what they say alone', () => {
    if (options.batchNorm) {
      network.loss(inputs, targets)
      network.updateStatistics(1)
    }
    network.training = false
    const width = targets.length / n
    const alone = Array.from({ length: n }, (_, i) =>
      network.gradient(inputs.subarray(4 * i, 4 * i + 4), targets.subarray(width * i, width * (i + 1))),
    )
    const norms = network.perExampleGradientNorms(inputs, targets)
    near(
      norms,
      alone.map((g) => Math.sqrt(dot(g, g))),
      within(1e-12),
    )
    const each = network.perExampleGradientNorms(inputs, targets, { layers: 'each' })
    near(
      norms,
      Array.from(norms, (_, i) => Math.sqrt(dot(each.subarray(3 * i, 3 * i + 3), each.subarray(3 * i, 3 * i + 3)))),
      within(1e-14),
    )
    const last = network.perExampleGradientNorms(inputs, targets, { layers: 'last' })
    expect(Array.from(last)).toEqual(Array.from({ length: n }, (_, i) => each[3 * i + 2]))
    const gram = network.perExampleInnerProducts(inputs, targets)
    near(
      gram,
      alone.flatMap((g) => alone.map((h) => dot(g, h))),
      within(1e-12),
    )

    const dx = network.inputGradient(inputs, targets)
    const h = 1e-5
    const slopes = Array.from(inputs, (_, at) => {
      const i = Math.floor(at / 4)
      const f = (step: number) => {
        const moved = inputs.slice(4 * i, 4 * i + 4)
        moved[at % 4] += step
        return network.loss(moved, targets.subarray(width * i, width * (i + 1)))
      }
      return (f(h) - f(-h)) / (2 * h)
    })
    near(dx, slopes, within(1e-7))
    network.training = true
  })
})

interface OracleCase {
  activation: ActivationName
  loss: LossName
  bias: boolean
  batchNorm: boolean
  sizes: number[]
  [name: string]: unknown
}

describe('PyTorch', () => {
  test.each(golden<OracleCase[]>(import.meta.url, 'oracles.json'))(
    '$activation, $loss, bias $bias, norm $batchNorm',
    (given) => {
      const array = (name: string) => given[name] as number[]
      const network = mlp({ ...networkOf(given), batch: 7 })
      network.parameters.set(array('parameters'))
      const [x, y, v] = [array('inputs'), array('targets'), array('direction')]
      expect(Math.abs(network.lossAndGradient(x, y) / (given.value as number) - 1)).toBeLessThan(1e-13)
      near(network.gradients, array('gradient'), within(1e-12))
      near(network.hvp(x, y, v), array('hvp'), within(1e-12))
      near(network.gnvp(x, y, v), array('gnvp'), within(1e-12))
      network.updateStatistics()
      near(network.predict(x), array('evalOutputs'), within(1e-12))
      near(network.inputGradient(x, y), array('inputGradient'), within(1e-12))
    },
  )
})

interface StoredLayer {
  weight: number[][]
  bias: number[] | null
}

interface GradientCase {
  name: string
  activation: ActivationName
  layers: StoredLayer[]
  inputs: number[][]
  labels: number[]
  logits: number[][]
  squaredNormPerLayer: number[][]
  grand: number[]
  grandLastLayer: number[]
  gradients: StoredLayer[][]
}

interface KernelCase {
  name: string
  activation: ActivationName
  inputs: number[][]
  first: StoredLayer[]
  second: StoredLayer[]
  kernelFirst: number[][]
  kernelSecond: number[][]
}

function stored(layers: StoredLayer[], activation: ActivationName, batch = 16): DenseNetwork {
  const sizes = [layers[0].weight.length, ...layers.map(({ weight }) => weight[0].length)]
  const network = mlp({ sizes, activation, bias: layers[0].bias !== null && layers[0].bias !== undefined, batch })
  network.layers().forEach(({ weight, bias }, l) => {
    weight.set(layers[l].weight.flat())
    bias?.set(layers[l].bias ?? [])
  })
  return network
}

describe('golden per-example gradients and kernels', () => {
  const cases = golden<GradientCase[]>(import.meta.url, 'grand.json')

  test.each(cases.filter(({ logits }) => logits))('$name', ({ layers, activation, inputs, labels, ...expected }) => {
    const network = stored(layers, activation)
    near(network.predict(inputs), expected.logits.flat(), within(1e-12))
    const each = network.perExampleGradientNorms(inputs, labels, { layers: 'each' })
    near(
      each.map((t) => t * t),
      expected.squaredNormPerLayer.flat(),
      within(1e-12),
    )
    near(network.perExampleGradientNorms(inputs, labels), expected.grand, within(1e-12))
    const last = network.perExampleGradientNorms(inputs, labels, { layers: 'last' })
    near(last, expected.grandLastLayer, within(1e-12))
  })

  test('explicit gradients of single examples', () => {
    const found = cases.find(({ gradients }) => gradients)
    const { layers, activation, inputs, labels, gradients, grand } = found as GradientCase
    const network = stored(layers, activation)
    inputs.forEach((row, i) => {
      network.gradient([row], [labels[i]])
      network.layers(network.gradients).forEach(({ weight, bias }, l) => {
        near(weight, gradients[i][l].weight.flat(), within(1e-12))
        near(bias ?? [], gradients[i][l].bias ?? [], within(1e-12))
      })
    })
    near(network.perExampleGradientNorms(inputs, labels), grand, within(1e-12))
  })

  test.each(golden<KernelCase[]>(import.meta.url, 'ntk.json'))('kernel $name', ({ activation, inputs, ...given }) => {
    const kernels = [
      [given.first, given.kernelFirst],
      [given.second, given.kernelSecond],
    ] as const
    for (const [layers, kernel] of kernels)
      near(stored(layers, activation, 3).ntk(inputs), kernel.flat(), within(1e-12))
  })
})
