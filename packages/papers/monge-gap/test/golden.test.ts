import { mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { golden } from '@opt/testing'
import { exactMongeGap, learnMap, mongeGap, sinkhornDivergence } from '../src/index.ts'
import { costNamed, flat, type GoldenCost, largestDifference } from './shared.ts'

const named = <C extends GoldenCost>(file: string) =>
  golden<C[]>(import.meta.url, file).map((c, k) => [`${k}: ${c.cost} ${JSON.stringify(c.parameters)}`, c] as const)

interface Gap extends GoldenCost {
  epsilon: number
  a: number[]
  x: number[][]
  y: number[][]
  displacement: number
  transportShannon: number
  gap: number
  gapKL: number
  transportCost: number
  entropy: number
  gradient: number[][]
  exactGap?: number
  F?: number[][]
  gradientF?: number[][]
}

test.each(named<Gap>('gaps.json'))('the gap %s', (_, c) => {
  const cost = costNamed(c)
  const answer = mongeGap(c.x, c.y, { cost, epsilon: c.epsilon, weights: c.a, tolerance: 1e-12 })
  const { gap, gapKL, displacement, transport, gradient, plan, status, message } = answer
  expect(message).toContain(status)
  expect(['converged', 'stalled']).toContain(status)
  expect(answer.error).toBeLessThan(1e-11)
  const wanted = [c.gap, c.gapKL, c.displacement, c.transportShannon]
  expect(largestDifference([gap, gapKL, displacement, transport], wanted)).toBeLessThan(1e-10)
  expect(largestDifference(gradient.data, flat(c.gradient))).toBeLessThan(1e-10)
  const n = c.a.length
  const P = plan().data
  let [paid, entropy] = [0, 0]
  const C = new Float64Array(n * n)
  cost.matrix(flat(c.x), flat(c.y), 3, { data: C, rows: n, columns: n, stride: n })
  P.forEach((p, k) => {
    paid += p * C[k]
    if (p > 0) entropy -= p * Math.log(p)
  })
  expect(largestDifference([paid, entropy], [c.transportCost, c.entropy])).toBeLessThan(1e-9)
  if (c.exactGap !== undefined) {
    const exact = exactMongeGap(c.x, c.y, { cost })
    expect(Math.abs(exact.gap - c.exactGap)).toBeLessThan(1e-10)
  }
  if (c.F && c.gradientF) {
    const F = flat(c.F)
    const [y, G] = [flat(c.y), gradient.data]
    const through = new Float64Array(F.length)
    for (let i = 0; i < F.length; i += 3) {
      const norm = Math.hypot(F[i], F[i + 1], F[i + 2])
      const along = G[i] * y[i] + G[i + 1] * y[i + 1] + G[i + 2] * y[i + 2]
      for (let k = i; k < i + 3; k++) through[k] = (G[k] - along * y[k]) / norm
    }
    expect(largestDifference(through, flat(c.gradientF))).toBeLessThan(1e-10)
  }
})

interface DivergenceCase extends GoldenCost {
  epsilon: number
  a: number[]
  b: number[]
  y: number[][]
  z: number[][]
  divergence: number
  crossShannon: number
  selfY: number
  selfZ: number
  gradient: number[][]
}

test.each(named<DivergenceCase>('divergences.json'))('the divergence %s', (_, c) => {
  const options = { cost: costNamed(c), epsilon: c.epsilon, weightsY: c.a, weightsZ: c.b, tolerance: 1e-12 }
  const answer = sinkhornDivergence(c.y, c.z, options)
  const found = [answer.divergence, answer.cross, answer.selfY, answer.selfZ]
  expect(largestDifference(found, [c.divergence, c.crossShannon, c.selfY, c.selfZ])).toBeLessThan(1e-10)
  expect(largestDifference(answer.gradient.data, flat(c.gradient))).toBeLessThan(1e-10)
})

interface Structured extends GoldenCost {
  z: number[][]
  gradientConjugate: number[][]
}

const structured = golden<Structured[]>(import.meta.url, 'structured.json').filter(({ cost }) => !/exp/i.test(cost))

test.each(structured.map((c) => [`${c.cost} ${JSON.stringify(c.parameters)}`, c] as const))('grad h* of %s', (_, c) => {
  const { twist } = costNamed(c)
  const z = flat(c.z)
  const out = new Float64Array(z.length)
  twist?.displacement(z, 3, out)
  expect(largestDifference(out, flat(c.gradientConjugate))).toBeLessThan(1e-13)
})

interface Training {
  cost: string
  parameters: Record<string, number>
  fittingCost: string
  strength: number
  sizes: number[]
  activation: 'tanh' | 'relu'
  output: 'free' | 'sphere'
  learningRate: number
  epsilonFitting: number
  epsilonGap: number
  x: number[][]
  z: number[][]
  initialParameters: number[][][] | number[][]
  firstGradient: number[][][] | number[][]
  history: number[][]
  finalParameters: number[][][] | number[][]
  finalMap: number[][]
}

const all = (parameters: unknown[]): number[] => (parameters as number[][]).flat(2) as number[]

test.each(golden<Training[]>(import.meta.url, 'training.json').map((c) => [`${c.cost}, ${c.output}`, c] as const))(
  'training with %s',
  (_, c) => {
    const network = mlp({ sizes: c.sizes, activation: c.activation, loss: 'squared' })
    network.parameters.set(all(c.initialParameters))
    const optimizer = new Adam(network.parameters, { learningRate: c.learningRate })
    let first: number[] = []
    const { history, map } = learnMap(network, c.x, c.z, {
      cost: costNamed(c),
      fittingCost: costNamed({ ...c, cost: c.fittingCost }),
      strength: c.strength,
      epsilonFitting: c.epsilonFitting,
      epsilonGap: c.epsilonGap,
      output: c.output,
      sinkhornTolerance: 1e-11,
      sinkhornIterations: 100_000,
      steps: c.history.length,
      optimizer: {
        step(gradients: Float64Array) {
          if (first.length === 0) first = Array.from(gradients)
          optimizer.step(gradients)
        },
      },
    })
    expect(largestDifference(first, all(c.firstGradient))).toBeLessThan(1e-8)
    const reports = history.flatMap(({ fit, gap, loss }) => [fit, gap ?? 0, loss])
    expect(largestDifference(reports, c.history.flat())).toBeLessThan(1e-8)
    expect(largestDifference(network.parameters, all(c.finalParameters))).toBeLessThan(1e-8)
    expect(largestDifference(map(c.x).data, flat(c.finalMap))).toBeLessThan(1e-8)
  },
)

test('training with pNormP, whose plans need Newton steps, by a loop of its own', () => {
  const c = golden<Training>(import.meta.url, 'training-pnorm.json')
  const cost = costNamed(c)
  const network = mlp({ sizes: c.sizes, activation: c.activation, loss: 'squared' })
  network.parameters.set(all(c.initialParameters))
  const optimizer = new Adam(network.parameters, { learningRate: c.learningRate })
  c.history.forEach((wanted, step) => {
    const flatY = network.predict(c.x)
    const y = c.x.map((_, i) => Array.from(flatY.subarray(3 * i, 3 * i + 3)))
    const fit = sinkhornDivergence(y, c.z, { epsilon: c.epsilonFitting, tolerance: 1e-13 })
    const gap = mongeGap(c.x, y, { cost, epsilon: c.epsilonGap, tolerance: 1e-13 })
    const found = [fit.divergence, gap.gap, fit.divergence + c.strength * gap.gap]
    expect(largestDifference(found, wanted)).toBeLessThan(1e-8)
    const G = fit.gradient.data.map((v, k) => v + c.strength * gap.gradient.data[k])
    const gradient = network.backpropagate(c.x, G)
    if (step === 0) expect(largestDifference(gradient, all(c.firstGradient))).toBeLessThan(1e-8)
    optimizer.step(gradient as Float64Array)
  })
  expect(largestDifference(network.parameters, all(c.finalParameters))).toBeLessThan(1e-8)
  expect(largestDifference(network.predict(c.x), flat(c.finalMap))).toBeLessThan(1e-8)
})

test('the exponential map of the sphere', () => {
  const cases = golden<{ cost: string; x: number[][]; v: number[][]; y: number[][] }[]>(
    import.meta.url,
    'structured.json',
  )
  const { x, v, y } = cases.filter(({ cost }) => cost === 'sphereExponential')[0]
  // A network of no inputs but its bias gives the same vector everywhere: one row at a time.
  x.forEach((from, i) => {
    const network = mlp({ sizes: [3, 3], loss: 'squared' })
    network.parameters.fill(0)
    network.parameters.set(v[i], 9)
    const { map } = learnMap(network, [from], [y[(i + 1) % y.length]], {
      output: 'exponential',
      steps: 0,
      epsilonFitting: 1,
      epsilonGap: 1,
    })
    expect(largestDifference(map([from]).data, y[i])).toBeLessThan(1e-13)
  })
})
