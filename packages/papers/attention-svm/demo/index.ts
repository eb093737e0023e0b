import { attentionSVM, linearHead, optimalMixture, quadraticHead, selection, trainAttention } from '@opt/attention-svm'
import type { ControlValues, Demo, Figure, Frame, Series } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'

type Point = [number, number]

const FIRST: Point[] = [
  [0.85, 0.6],
  [0.3, 0.85],
  [0.2, 0.3],
  [0.65, 0.15],
]
const SECOND: Point[] = [
  [0.75, 0.85],
  [0.9, 0.35],
  [0.35, 0.15],
  [0.15, 0.6],
]
const QUERIES: Point[] = [
  [0.9, 0.7],
  [0.3, 0.9],
]
/** The head v'u of the training run: tokens further in this direction are better. */
const V = [0.9, 0.45]
const AS_TRAINED = 'as trained'

const centred = (points: Point[]): Point[] => points.map(([x, y]) => [2 * x - 1, 2 * y - 1])

/** Dots from 0 in the direction of W z; fewer of them look dashed. */
function arrow(label: string, W: Float64Array, [a, b]: Point, dots: number): Series {
  const [x, y] = [W[0] * a + W[1] * b, W[2] * a + W[3] * b]
  const length = Math.hypot(x, y) || 1
  const places = Array.from({ length: dots }, (_, k) => (k + 1) / dots)
  return { label, x: places.map((t) => (t * x) / length), y: places.map((t) => (t * y) / length) }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const tokens = [centred(values.first as Point[]), centred(values.second as Point[])]
  const queries = centred(values.queries as Point[])
  const problem = { tokens, queries, labels: [1, 1], head: linearHead(V) }
  const path: [Point[], Point[]] = [[], []]
  let initial: { W: number[][] } = {
    W: [
      [-0.4, 0.3],
      [0.2, -0.5],
    ],
  }
  const total = values.steps as number
  for (let steps = 0; steps < total; ) {
    const more = Math.min(total - steps, Math.max(1, Math.round(steps / 5)))
    const trained = trainAttention(problem, { initial, maxIterations: more, history: false })
    steps += more
    const W = trained.W.data
    initial = {
      W: [
        [W[0], W[1]],
        [W[2], W[3]],
      ],
    }
    const { selected } = selection({ W: initial.W, tokens, queries })
    const select = Array.from(selected, (token, i) => {
      const wanted = values[`target${i + 1}`]
      return wanted === AS_TRAINED ? token : Math.min(Number(wanted), tokens[i].length) - 1
    })
    const [frobenius, nuclear] = (['frobenius', 'nuclear'] as const).map((norm) =>
      attentionSVM({ tokens, queries, select, norm }, { tolerance: 1e-4, maxIterations: 2000, history: false }),
    )
    const feasible = frobenius.status !== 'infeasible'
    const figures: Figure[] = queries.map((query, i) => {
      const { x, y } = arrow('', W, query, 1)
      path[i].push([Number(x[0]), Number(y[0])])
      const series = [
        pointSeries('tokens', tokens[i]),
        pointSeries('chosen', [tokens[i][select[i]]]),
        pointSeries('query', [query]),
        pointSeries('path of training, W z', path[i]),
      ]
      if (feasible)
        series.push(
          pointSeries(
            'support tokens',
            frobenius.support[i].map((t) => tokens[i][t]),
          ),
          arrow('Frobenius SVM', frobenius.update.data, query, 24),
          arrow('nuclear SVM', nuclear.update.data, query, 8),
        )
      return { kind: 'scatter', title: `Query ${i + 1}`, x: { label: 'x' }, y: { label: 'y' }, series }
    })
    const lambda = values.lambda as number
    const head = quadraticHead(V, lambda)
    const weights = optimalMixture(
      tokens[0].map((x) => head.value(Float64Array.from(x)) + lambda * (x[0] * x[0] + x[1] * x[1])),
      lambda,
    )
    figures.push({
      kind: 'bar',
      title: 'Quadratic head: the best attention of query 1, were its tokens orthonormal',
      x: { label: 'token' },
      y: { label: 'weight' },
      series: [{ label: `lambda = ${lambda}`, x: tokens[0].map((_, t) => String(t + 1)), y: [...weights] }],
    })
    yield {
      figures,
      readout: [
        ['steps', String(steps)],
        ['chosen', select.map((t) => t + 1).join(' and ')],
        ['least probability', trained.minProbability.toFixed(4)],
        ['SVM', feasible ? `|W| = ${frobenius.norm.toPrecision(4)}` : 'infeasible: no W chooses these tokens'],
        ['nuclear norm', feasible ? `${nuclear.norm.toPrecision(4)}, rank ${nuclear.rank}` : '-'],
        ['tokens that share', String(weights.filter((weight) => weight > 0).length)],
      ],
      progress: steps / total,
    }
  }
}

const target = (i: number) => ({
  kind: 'choice' as const,
  name: `target${i}`,
  label: `token that query ${i} shall choose`,
  options: [AS_TRAINED, '1', '2', '3', '4'],
  value: AS_TRAINED,
})

const demo: Demo = {
  title: 'Attention picks tokens like a support vector machine',
  intro:
    'Training turns W z towards the arrow of the SVM that separates the chosen token from the others. Drag tokens, or make a query choose another token: the SVM gives the smallest W that does it, or says that there is none.',
  controls: [
    { kind: 'points', name: 'first', label: 'tokens of query 1', value: FIRST },
    { kind: 'points', name: 'second', label: 'tokens of query 2', value: SECOND },
    { kind: 'points', name: 'queries', label: 'queries', value: QUERIES },
    target(1),
    target(2),
    { kind: 'range', name: 'steps', label: 'steps of training', min: 10, max: 3000, step: 1, log: true, value: 1000 },
    { kind: 'range', name: 'lambda', label: 'lambda of a quadratic head', min: 0, max: 3, step: 0.05, value: 0.3 },
  ],
  run,
  code: ({
    first,
    second,
    queries,
  }) => `import { attentionSVM, linearHead, selection, trainAttention } from '@opt/attention-svm'

const tokens = ${JSON.stringify([centred(first as Point[]), centred(second as Point[])])}
const queries = ${JSON.stringify(centred(queries as Point[]))}
const { W } = trainAttention({ tokens, queries, labels: [1, 1], head: linearHead(${JSON.stringify(V)}) })
const { selected } = selection({ W, tokens, queries })
const svm = attentionSVM({ tokens, queries, select: selected })
console.log(svm.message, [...W.data], [...svm.update.data])
`,
}
export default demo
