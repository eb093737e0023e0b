import { golden, near } from '@opt/testing'
import { DataSampler, gradientVariance, kendallTau, PathSampler, Supernet, searchSpace } from '../src/index.ts'
import { cosine } from '../src/training/settings.ts'
import { Trainer } from '../src/training/trainer.ts'

type Rows = number[][]
type Parameters = Record<string, number[] | Rows>
const flat = (value: number[] | Rows): number[] => (value as Rows).flat() as number[]
const flatten = (parameters: Parameters) =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, flat(value)]))
/** Largest difference over the largest entry of the expected. */
const error = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length)
  const most = Math.max(1e-300, ...Array.from(b, Math.abs))
  return Math.max(0, ...Array.from(a, (v, i) => Math.abs(v - b[i]))) / most
}

interface Net {
  inputs: Rows
  labels: number[]
  channels: number
  bottleneck: number
  cells: number
}
const network = ({ inputs, channels, bottleneck, cells }: Net, parameters: Parameters, seed = 0) => {
  const space = searchSpace({ cells })
  const net = new Supernet({
    inputs: inputs[0].length,
    classes: 3,
    channels,
    bottleneck,
    space,
    dtype: 'float64',
    seed,
  })
  net.load({ parameters: flatten(parameters) })
  return net
}

interface Recorded {
  path: number[]
  logits: Rows
  loss: number
  gradients: Parameters
  gradientNorm: number
  squaredNorms: number[]
  indicator: number[]
  opNorms: number[]
}
const net = golden<Net & { edges: [number, number][]; parameters: Parameters; paths: Recorded[] }>(
  import.meta.url,
  'supernet.json',
)

test('the space has the edges of the reference', () => {
  expect(searchSpace().edges).toEqual(net.edges)
  expect(net.edges).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ])
})

test.each(net.paths)('logits, loss, gradients and norms of path $path', (expected) => {
  const { path } = expected
  const supernet = network(net, net.parameters)
  expect(error(supernet.forward(net.inputs, path), flat(expected.logits))).toBeLessThan(1e-11)
  const { loss, norm, gradients } = supernet.lossAndGradient(net.inputs, net.labels, path)
  expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-11 * expected.loss)
  expect(Math.abs(norm - expected.gradientNorm)).toBeLessThan(1e-11 * expected.gradientNorm)
  expect(Object.keys(gradients).sort()).toEqual(Object.keys(expected.gradients).sort())
  for (const [name, value] of Object.entries(expected.gradients))
    expect(error(gradients[name], flat(value))).toBeLessThan(1e-11)
  expect(error(supernet.opNorms(path), expected.opNorms)).toBeLessThan(1e-11)
  const squares = supernet.perExampleNorms(net.inputs, net.labels, path).map((v) => v * v)
  expect(error(squares, expected.squaredNorms)).toBeLessThan(1e-11)
  expect(error(supernet.indicators(net.inputs, net.labels, path), expected.indicator)).toBeLessThan(1e-11)
})

interface SamplerEpoch {
  steps: { draws: number[]; path: number[]; opNorms: number[]; indices: number[]; indicators: number[] }[]
  tau: number
  opAverages: number[]
  opProbabilities: number[]
  dataAverages: number[]
  dataProbabilities: number[]
  drawUniforms: number[]
  nextIndices: number[]
  pathWeightOf: { path: number[]; weight: number }[] | { path: number[]; weight: number }
  dataWeights: number[]
}
const samplers = golden<{ examples: number; ops: number; parametricOps: number[]; epochs: SamplerEpoch[] }>(
  import.meta.url,
  'samplers.json',
)

test('the samplers follow the recorded bookkeeping', () => {
  const { ops, examples, parametricOps, epochs } = samplers
  const paths = new PathSampler({ choices: [ops, ops, ops] })
  const data = new DataSampler(examples)
  expect(searchSpace().parametric.flatMap((has, op) => (has ? [op] : []))).toEqual(parametricOps)
  for (const epoch of epochs) {
    for (const { draws, path, opNorms, indices, indicators } of epoch.steps) {
      expect(paths.sample(draws)).toEqual(path)
      paths.record(path, opNorms)
      data.record(indices, indicators)
    }
    expect(error(paths.averages[0], epoch.opAverages)).toBeLessThan(1e-13)
    expect(error(data.averages, epoch.dataAverages)).toBeLessThan(1e-13)
    paths.endEpoch(epoch.tau)
    data.endEpoch(epoch.tau)
    expect(error(paths.probabilities[0], epoch.opProbabilities)).toBeLessThan(1e-13)
    expect(error(data.probabilities, epoch.dataProbabilities)).toBeLessThan(1e-13)
    expect([...data.draw(epoch.drawUniforms)]).toEqual(epoch.nextIndices)
    for (const { path, weight } of [epoch.pathWeightOf].flat())
      expect(Math.abs(paths.weight(path) - weight)).toBeLessThan(1e-13 * weight)
    expect(
      error(
        epoch.dataWeights.map((_, i) => data.weight(i)),
        epoch.dataWeights,
      ),
    ).toBeLessThan(1e-13)
  }
})

test("Kendall's tau-b", () => {
  const cases = golden<{ a: number[]; b: number[]; tau: number }[]>(import.meta.url, 'kendall.json')
  expect(cases.length).toBe(6)
  for (const { a, b, tau } of cases) expect(Math.abs(kendallTau(a, b).tau - tau)).toBeLessThan(1e-14)
})

interface Trained extends Net {
  method: string
  batch: number
  momentum: number
  weightDecay: number
  clip: number
  start: Parameters
  final: Parameters
  epochs: {
    learningRate: number
    steps: { indices: number[]; paths: number[][]; losses: number[] }[]
    tau?: number
    opProbabilities?: number[]
    dataProbabilities?: number[]
    drawUniforms?: number[]
  }[]
}

test.each(golden<Trained[]>(import.meta.url, 'training.json'))('$method: three epochs', (run) => {
  const supernet = network(run, run.start)
  const { method, momentum, weightDecay, clip, inputs, labels } = run
  const sampled = method.startsWith('pa-da')
  const trainer = new Trainer(
    supernet,
    { count: inputs.length, x: Float64Array.from(inputs.flat()), y: Int32Array.from(labels) },
    {
      momentum,
      weightDecay,
      clip,
      mode: sampled ? 'ops' : 'uniform',
      data: sampled,
      weights: method === 'pa-da weighted',
      tauMax: method === 'pa-da weighted' ? 0.5 : 1,
    },
  )
  run.epochs.forEach(({ learningRate, steps, tau, opProbabilities, dataProbabilities, drawUniforms }, epoch) => {
    near(cosine(0.1, epoch, run.epochs.length), learningRate, { relative: 1e-14 })
    for (const { indices, paths, losses } of steps) {
      expect(indices.length).toBe(run.batch)
      const { loss } = sampled
        ? trainer.sampledStep(Int32Array.from(indices), paths[0], learningRate)
        : trainer.plainStep(Int32Array.from(indices), paths, learningRate)
      near(loss, losses.reduce((sum, one) => sum + one, 0) / losses.length, { relative: 1e-11 })
    }
    if (!sampled) return
    near(Math.min(tau!, method === 'pa-da' ? 1 : 0.5), method === 'pa-da' ? epoch / 3 : Math.min(0.5, epoch / 3), {
      absolute: 1e-15,
    })
    trainer.paths.endEpoch(epoch / 3)
    trainer.data.endEpoch(epoch / 3)
    near(trainer.paths.probabilities[0], opProbabilities!, { relative: 1e-11 })
    near(trainer.data.probabilities, dataProbabilities!, { relative: 1e-11 })
    const next = run.epochs[epoch + 1]?.steps.flatMap(({ indices }) => indices)
    if (next) expect([...trainer.data.draw(drawUniforms!)].sort()).toEqual(next.sort())
  })
  const { parameters } = supernet.state()
  expect(Object.keys(parameters).sort()).toEqual(Object.keys(run.final).sort())
  for (const [name, value] of Object.entries(run.final))
    expect(error(parameters[name], flat(value))).toBeLessThan(1e-10)
})

test('the variance of the gradient and its optima', () => {
  const data = golden<
    Net & {
      parameters: Parameters
      batch: number
      squaredNorms: Rows
      fullNorms: number[]
      meanGradientNorm2: number
      uniform: number
      given: { path: number[]; data: number[]; variance: number }
      pathOptimal: { path: number[]; variance: number }
      dataOptimal: { data: number[]; variance: number }
      joint: { path: number[]; data: number[]; variance: number }
    }
  >(import.meta.url, 'variance.json')
  const supernet = network(data, data.parameters)
  const found = gradientVariance(supernet, data.inputs, data.labels, {
    batch: data.batch,
    pathProbabilities: data.given.path,
    dataProbabilities: data.given.data,
  })
  const tight = { relative: 1e-10 }
  near(found.variance, data.given.variance, tight)
  near(found.uniform, data.uniform, tight)
  near(found.between + found.within, data.uniform, tight)
  near(found.squaredMean, data.meanGradientNorm2, tight)
  near(found.pathOptimal.variance, data.pathOptimal.variance, tight)
  near(found.pathOptimal.pathProbabilities, data.pathOptimal.path, tight)
  near(found.dataOptimal.variance, data.dataOptimal.variance, tight)
  near(found.dataOptimal.dataProbabilities, data.dataOptimal.data, tight)
  near(found.joint.variance, data.joint.variance, { relative: 1e-8 })
  near(found.joint.pathProbabilities, data.joint.path, { relative: 1e-8 })
  near(found.joint.dataProbabilities, data.joint.data, { relative: 1e-8 })
  const { space } = supernet
  data.squaredNorms.forEach((squares, a) => {
    near(
      supernet.perExampleNorms(data.inputs, data.labels, space.path(a)).map((v) => v * v),
      squares,
      tight,
    )
    const { norm } = supernet.lossAndGradient(data.inputs, data.labels, space.path(a))
    near(norm, data.fullNorms[a], tight)
  })
})
