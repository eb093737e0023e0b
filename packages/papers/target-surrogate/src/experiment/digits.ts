import { type ExperimentContext, random } from '@opt/core'
import { median, range } from '@opt/core/experiment'
import { digits, divideFeatures } from '@opt/datasets'
import { accuracy, type DenseNetwork, mlp } from '@opt/nn'
import { Adam, SGD } from '@opt/optimizers'
import {
  adagradEta,
  armijoEta,
  armijoSteps,
  crossEntropy,
  fixedEta,
  type InnerSolver,
  networkModel,
  optimizerSteps,
  type StepRule,
  TargetSurrogate,
} from '../index.ts'
import { parameterSearch } from './parameter-search.ts'

const TRAINING = 1400
const BATCH = 125
/** 10 epochs of 11 batches. */
const GRADIENTS = 110
const GOAL = 0.1
const RATES = [0.01, 0.03, 0.06, 0.1]

/** Pixels / 16 in a random order, 1400 of them to train on. */
interface Data {
  inputs: Float64Array
  labels: Float64Array
  test: { inputs: Float64Array; labels: Float64Array }
}

interface Method {
  name: string
  inner(batch: Batch): InnerSolver
  steps?: number
  rule?: StepRule
  gradients?: number
  /** The learning rate of Adam without any surrogate, which is the same and quicker. */
  plain?: number
}

/** The network and its present batch, for baselines that call the loss. */
interface Batch {
  network: DenseNetwork
  inputs: Float64Array
  labels: Float64Array
  /** The forward passes of searches on the loss. */
  trials: number
}

interface Run {
  /** The training loss after each expensive gradient, and the work so far in gradients of a batch. */
  losses: number[]
  gradients: number[]
  work: number[]
  accuracy: number
}

const sso = (eta: number, steps: number): Method => ({
  name: `SSO, eta ${eta}, m ${steps}`,
  inner: () => armijoSteps(),
  steps,
  rule: fixedEta({ eta }),
})
const adam = (learningRate: number, gradients = GRADIENTS): Method => ({
  name: `Adam ${learningRate}`,
  inner: () => optimizerSteps((theta) => new Adam(theta, { learningRate })),
  gradients,
})
const sgd: Method = { name: 'SGD 1', inner: () => optimizerSteps((theta) => new SGD(theta, { learningRate: 1 })) }
const sls: Method = {
  name: 'Armijo on the loss',
  inner: (batch) =>
    parameterSearch((theta) => {
      const { network, inputs, labels } = batch
      if (theta !== network.parameters) network.parameters.set(theta)
      batch.trials++
      return network.loss(inputs, labels)
    }, 0.1),
}
const headline = sso(40, 20)

/** Experiment B: a network on digits, by expensive gradients and by all work. */
export async function digitsNetwork(context: ExperimentContext, from: number, to: number): Promise<void> {
  const { scale, seed, claim, table, figure } = context
  const seeds = Array.from({ length: { quick: 1, standard: 3, full: 5 }[scale] }, (_, k) => 5 * seed + k)
  const adams = RATES.map((rate) => adam(rate))
  const others =
    scale === 'quick'
      ? [sgd]
      : [
          sgd,
          sls,
          sso(2, 5),
          sso(2, 20),
          sso(10, 10),
          sso(40, 10),
          sso(10, 20),
          sso(100, 20),
          { ...headline, name: 'SSO, Armijo eta, m 20', rule: armijoEta() },
          { ...headline, name: 'SSO, AdaGrad eta 10 per example, m 20', rule: adagradEta({ eta: 10 }) },
        ]
  const long: Method = {
    ...adam(0.01, 20 * GRADIENTS),
    name: 'Adam 0.01, as many steps as SSO takes inner ones',
    plain: 0.01,
  }
  const longer: Method[] = [
    { ...adam(0.03, 20 * GRADIENTS), name: 'Adam 0.03, as many', plain: 0.03 },
    { ...sls, name: 'Armijo on the loss, as many', gradients: 20 * GRADIENTS },
  ]
  const methods: Method[] = [...others, ...adams, headline, long, ...(scale === 'full' ? longer : [])]
  const runs = new Map<string, Run[]>(methods.map(({ name }) => [name, []]))
  const total = seeds.length * methods.length
  let done = 0
  for (const one of seeds) {
    const data = await drawn(context.dataFolder, one)
    for (const method of methods) {
      await context.progress(from + ((to - from) * done++) / total, `B: ${method.name}, seed ${one}`)
      runs.get(method.name)!.push(train(method, data, one))
    }
  }

  const last = ({ losses }: Run) => losses[losses.length - 1]
  const reached = ({ losses, gradients }: Run) => {
    const at = losses.findIndex((loss) => loss < GOAL)
    return at < 0 ? Infinity : gradients[at]
  }
  const medianOf = (name: string, of: (run: Run) => number) => median(runs.get(name)!.map(of))
  const best = (of: (run: Run) => number) => Math.min(...adams.map(({ name }) => medianOf(name, of)))
  const ours = (of: (run: Run) => number) => medianOf(headline.name, of)
  // The quick run has one seed.
  const share = scale === 'quick' ? 0.7 : 0.5
  claim({
    claim: `B: SSO comes to a training loss of ${GOAL} with at most 0.6 of the gradients of the best of four Adams`,
    paper: 'fewer gradients than SGD, SLS and Adam',
    ours: `median ${ours(reached)} against ${best(reached)}`,
    pass: ours(reached) <= 0.6 * best(reached),
  })
  claim({
    claim: `B: after ${GRADIENTS} gradients its training loss is at most ${share} of that of the best Adam`,
    paper: 'lower loss per gradient',
    ours: `median ${ours(last).toPrecision(2)} against ${best(last).toPrecision(2)}`,
    pass: ours(last) <= share * best(last),
  })
  claim({
    claim: 'B: where gradients are cheap it loses: plain Adam with as many steps as SSO takes inner ones ends lower',
    paper: '',
    ours: `median ${medianOf(long.name, last).toExponential(1)} against ${ours(last).toExponential(1)}`,
    pass: medianOf(long.name, last) < ours(last),
  })
  table({
    title: `B: 64-32-10 ReLU network, digits, batches of ${BATCH}, ${GRADIENTS} gradients, ranges over ${seeds.length} seeds`,
    columns: ['method', 'training loss', `gradients to ${GOAL}`, 'test accuracy', 'all work, in gradients'],
    rows: methods.map(({ name }) => {
      const all = runs.get(name)!
      return [
        name,
        range(all.map(last), { significant: 2 }),
        range(all.map(reached), 0).replace('Infinity', 'never'),
        range(
          all.map((run) => run.accuracy),
          3,
        ),
        range(
          all.map(({ work }) => work[work.length - 1]),
          0,
        ),
      ]
    }),
  })
  const shown = methods.filter(
    (method) => method === headline || method === sgd || method === long || adams.includes(method),
  )
  for (const axis of ['gradients', 'work'] as const)
    figure({
      kind: 'line',
      title: axis === 'gradients' ? 'B: by expensive gradients' : 'B: by all work',
      caption:
        axis === 'gradients'
          ? `The first seed. What SSO is for: a gradient that costs more than the model.`
          : 'The first seed, the same runs. A gradient of the network counts 1, a forward pass 1/3: with cheap gradients plain Adam wins.',
      x: { label: axis === 'gradients' ? 'expensive gradients' : 'work, in gradients of a batch', scale: 'log' },
      y: { label: 'training loss', scale: 'log' },
      series: shown
        .filter((method) => axis === 'work' || method !== long)
        .map(({ name }) => {
          const [run] = runs.get(name)!
          return { label: name, x: run[axis], y: run.losses }
        }),
    })
}

async function drawn(folder: string | undefined, seed: number): Promise<Data> {
  const { features, labels } = divideFeatures(await digits({ folder }), 16)
  const order = random(seed).permutation(labels.length)
  const take = (places: Int32Array) => {
    const inputs = new Float64Array(places.length * 64)
    places.forEach((place, i) => inputs.set(features.data.subarray(64 * place, 64 * place + 64), 64 * i))
    return { inputs, labels: Float64Array.from(places, (place) => labels[place]) }
  }
  return { ...take(order.subarray(0, TRAINING)), test: take(order.subarray(TRAINING)) }
}

function train({ inner, steps = 1, rule, gradients = GRADIENTS, plain }: Method, data: Data, seed: number): Run {
  const rng = random(1000 + seed)
  const network = mlp({ sizes: [64, 32, 10], initialization: 'glorot', batch: TRAINING, seed: rng })
  const batch: Batch = { network, inputs: new Float64Array(BATCH * 64), labels: new Float64Array(BATCH), trials: 0 }
  const surrogate = new TargetSurrogate(networkModel(network), network.parameters as Float64Array, {
    loss: crossEntropy(),
    steps,
    rule,
    inner: inner(batch),
    examples: TRAINING,
  })
  const optimizer = plain === undefined ? null : new Adam(network.parameters, { learningRate: plain })
  const run: Run = { losses: [], gradients: [], work: [], accuracy: 0 }
  let order: Int32Array = new Int32Array(0)
  let work = 0
  const perEpoch = Math.floor(TRAINING / BATCH)
  for (let t = 0; t < gradients; t++) {
    if (t % perEpoch === 0) order = rng.permutation(TRAINING)
    const indices = order.subarray((t % perEpoch) * BATCH, (t % perEpoch) * BATCH + BATCH)
    indices.forEach((index, i) => {
      batch.inputs.set(data.inputs.subarray(64 * index, 64 * index + 64), 64 * i)
      batch.labels[i] = data.labels[index]
    })
    if (optimizer) {
      network.lossAndGradient(batch.inputs, batch.labels)
      optimizer.step(network.gradients)
    }
    const { vjps, forwards } = optimizer
      ? { vjps: 1, forwards: 1 }
      : surrogate.step({ inputs: batch.inputs, labels: batch.labels, indices })
    // With one step the only forward pass is that of the gradient; the others report.
    work += steps === 1 ? 1 : (forwards + 2 * vjps) / 3
    if (gradients > GRADIENTS && (t + 1) % 20 !== 0) continue
    run.gradients.push(t + 1)
    run.work.push(work + batch.trials / 3)
    run.losses.push(network.loss(data.inputs, data.labels))
  }
  run.accuracy = accuracy(network.predict(data.test.inputs), data.test.labels, 10)
  return run
}
