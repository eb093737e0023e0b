import type { ControlValues, Demo, Figure, Frame, Image } from '@opt/core'
import { random } from '@opt/core'
import { attentionRows, LoraHead, loraGradients, normCondition, sampledGradients } from '@opt/lora-limits'
import { Adam } from '@opt/optimizers'
import ndarray from 'ndarray'

const matrix = (rows: number, columns: number, scale: number, seed: number) => {
  const rng = random(seed)
  return ndarray(
    Float64Array.from({ length: rows * columns }, () => scale * rng.normal()),
    [rows, columns],
  )
}

/** A head of h = 8 on random tokens, whose logits have the size of `scale`. */
function problem(scale: number, length: number) {
  const size = Math.sqrt(scale / 16)
  const head = {
    weights: { Q: matrix(16, 8, size, 1), K: matrix(16, 8, size, 2), V: matrix(16, 8, 0.25, 3) },
    adapters: {
      Q: { A: matrix(4, 8, 0.35, 4), B: matrix(16, 4, 0.35 * size, 5) },
      V: { A: matrix(4, 8, 0.35, 6), B: matrix(16, 4, 0.1, 7) },
    },
  }
  return { head, batch: { query: matrix(length, 16, 1, 8), target: matrix(length, 8, 0.5, 9) } }
}

const distance = (x: Float64Array, y: Float64Array) =>
  Math.sqrt(x.reduce((sum, v, i) => sum + (v - y[i]) * (v - y[i]), 0) / y.reduce((sum, v) => sum + v * v, 0))

const two = (x: number) => String(Number(x.toPrecision(2)))

/** An image of attention, brighter for more. */
function image(label: string, { data, shape }: { data: Float64Array; shape: number[] }, most: number): Image {
  return {
    width: shape[1],
    height: shape[0],
    channels: 1,
    data: Array.from(data, (v) => Math.max(0, Math.min(255, (255 * v) / most))),
    label,
  }
}

function gauge(gamma: number, threshold: number): [string, string] {
  const side = gamma <= threshold ? 'below' : 'above'
  return ['Gamma against sqrt(ln L)', `${two(gamma)} ${side} ${two(threshold)}`]
}

function* gradients({ scale, length, degree }: ControlValues): Generator<Frame, void, void> {
  const [logitScale, L, g] = [Number(scale), Number(length), Number(degree)]
  const { head, batch } = problem(logitScale, L)
  const rows = Array.from({ length: Math.min(L, 48) }, (_, j) => j)
  const few = { query: batch.query.hi(rows.length, 16) }
  const { exact, approximate, error } = attentionRows(head, few, rows, { degree: g })
  const most = exact.data.reduce((largest, v) => Math.max(largest, v), 0)
  const difference = { data: exact.data.map((v, i) => Math.abs(v - approximate.data[i])), shape: exact.shape }
  const { gammaQuery, gammaKey, threshold, range } = normCondition(head, batch)
  const readout: Frame['readout'] = [
    gauge(Math.max(gammaQuery, gammaKey), threshold),
    ['range of logits', two(range)],
    ['attention error', two(error)],
  ]
  const maps: Figure = {
    kind: 'images',
    title: 'Attention of the first tokens',
    images: [
      image('exact', exact, most),
      image(`degree ${g}`, approximate, most),
      image('difference, 4 times as bright', difference, most / 4),
    ],
  }
  yield { figures: [maps], readout, progress: 0.2 }

  const times: number[] = []
  const errors: number[] = []
  const methods = ['exact', 'reverse', 'chained'] as const
  const reference: Float64Array[] = []
  for (const [i, method] of methods.entries()) {
    const start = performance.now()
    const answer = loraGradients(head, batch, { method, degree: g })
    times.push(performance.now() - start)
    const found = [answer.weightGradients.Q, answer.weightGradients.K, answer.weightGradients.V].map(({ data }) => data)
    if (i === 0) reference.push(...found)
    errors.push(
      answer.verdict === 'out-of-range'
        ? Number.NaN
        : Math.max(...found.map((data, k) => distance(data, reference[k]))),
    )
    const bars = (title: string, label: string, values: number[], log = false): Figure => ({
      kind: 'bar',
      title,
      x: { label: 'method' },
      y: { label, ...(log && { scale: 'log' as const }) },
      series: [{ label, x: methods.slice(0, i + 1), y: values }],
    })
    yield {
      figures: [
        maps,
        bars('Time', 'ms', [...times]),
        bars(
          'Error of the gradients',
          'relative error',
          errors.map((e) => (Number.isNaN(e) ? 0 : e)),
        ),
      ],
      readout: [
        ...readout,
        ...errors
          .slice(1)
          .map((e, k): [string, string] => [
            methods[k + 1],
            Number.isNaN(e) ? 'out of range' : `${(100 * e).toPrecision(2)} % wrong`,
          ]),
      ],
      progress: (1 + (4 * (i + 1)) / 3) / 5,
    }
  }
}

const LEARNERS = ['exact', 'reverse', 'chained', 'auto', '32 sampled rows'] as const

function* training({ scale, degree }: ControlValues): Generator<Frame, void, void> {
  const L = 128
  const { head, batch } = problem(Number(scale), L)
  const teacher = problem(4 * Number(scale) + 1, L)
  const { output } = loraGradients(teacher.head, batch)
  const task = { query: batch.query, target: output }
  const runs = LEARNERS.map((name) => {
    const lora = new LoraHead({ weights: head.weights }, { rank: 4, adapt: ['Q', 'K', 'V'], random: 1 })
    return {
      name,
      lora,
      optimizer: new Adam(lora.parameters, { learningRate: 0.01 }),
      rng: random(2),
      x: [] as number[],
      y: [] as number[],
      lost: false,
    }
  })
  const loss = (lora: LoraHead) =>
    lora.forward(task).data.reduce((sum, o, i) => sum + (o - output.data[i]) * (o - output.data[i]), 0) / (2 * L)
  for (let step = 0; step <= 80; step++) {
    for (const run of runs) {
      if (step % 10 === 0 && !run.lost) {
        run.x.push(step)
        run.y.push(loss(run.lora))
      }
      if (run.lost || step === 80) continue
      const { name, lora, rng } = run
      const method = name === '32 sampled rows' ? undefined : name
      const answer =
        method &&
        lora.gradients(
          task,
          method === 'reverse' || method === 'chained' ? { method, degree: Number(degree) } : { method },
        )
      run.lost = answer?.verdict === 'out-of-range'
      if (!run.lost)
        run.optimizer.step(
          answer ? answer.flat : lora.flatten(sampledGradients(lora.head, task, { random: rng }).gradients),
        )
    }
    if (step % 10 > 0) continue
    const { gammaQuery, gammaKey, threshold, range } = normCondition(runs[0].lora.head, task)
    yield {
      figures: [
        {
          kind: 'line',
          title: 'True loss during training',
          x: { label: 'step' },
          y: { label: 'loss for each token', scale: 'log' },
          series: runs.map(({ name, x, y }) => ({ label: name, x: [...x], y: [...y] })),
        },
      ],
      readout: [
        gauge(Math.max(gammaQuery, gammaKey), threshold),
        ['range of logits', two(range)],
        ...runs.map(({ name, y }): [string, string] => [name, two(y.at(-1)!)]),
      ],
      progress: step / 80,
    }
  }
}

const demo: Demo = {
  title: 'LoRA gradients: exact, or almost linear',
  intro:
    'Raise the scale of the logits: below the threshold a polynomial of low degree gives the attention and its gradients; above it none does. Then train: the norms grow out of the green zone by themselves, and only gradients with exact rows follow.',
  controls: [
    { kind: 'choice', name: 'show', label: 'show', options: ['gradients', 'training'], value: 'gradients' },
    { kind: 'range', name: 'scale', label: 'scale of the logits', min: 0.02, max: 8, log: true, value: 0.3 },
    { kind: 'range', name: 'length', label: 'tokens', min: 32, max: 2048, step: 1, log: true, value: 512 },
    { kind: 'choice', name: 'degree', label: 'degree', options: ['1', '2', '3', '4'], value: '3' },
  ],
  run: (values) => (values.show === 'training' ? training(values) : gradients(values)),
  code: ({ degree }) => `import { random } from '@opt/core'
import { loraGradients, plan } from '@opt/lora-limits'

const rng = random(0)
const draw = (rows, columns, scale) => Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * rng.normal()))
const head = {
  weights: { Q: draw(16, 8, 0.1), K: draw(16, 8, 0.1), V: draw(16, 8, 0.2) },
  adapters: { Q: { A: draw(4, 8, 0.3), B: draw(16, 4, 0.1) }, V: { A: draw(4, 8, 0.3), B: draw(16, 4, 0.1) } },
}
const batch = { query: draw(512, 16, 1), target: draw(512, 8, 1) }
console.log(plan(head, 512).sentence)
console.log(loraGradients(head, batch, { method: 'reverse', degree: ${degree} }).message)
console.log(loraGradients(head, batch, { method: 'auto' }).message)
`,
}
export default demo
