import type { ExperimentContext, Image } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { fcls } from '../fcls/fcls.ts'
import { hoyerSparsity } from '../metrics.ts'
import { type Scene, type SceneOptions, scene } from '../scene.ts'
import { vca } from '../start/vca.ts'
import { whitenedStart } from '../start/whitened.ts'
import type { Unmixed } from '../unmix.ts'
import { type Errors, errors, type Method, run } from './methods.ts'

const METHODS: Method[] = ['NMF', 'l1/2-NMF', 'l2,1', 'l2,1 + 1/2', 'RRLbS']

/** The errors of all methods on some scenes of a kind. */
export class Study {
  /** By method, one entry a scene. */
  readonly errors: Map<string, Errors[]> = new Map()
  rises: number = 0
  /** Correlations of the learned map with the sparsity of the true abundances. */
  readonly correlations: number[] = []
  last: { scene: Scene; answers: Map<string, Unmixed> } | undefined

  /** Draws a scene and runs some methods, all from one whitened start. */
  add(
    options: SceneOptions,
    methods: readonly Method[] = METHODS,
    change: (drawn: Scene) => Scene = (drawn) => drawn,
  ): void {
    const drawn = change(scene(options))
    const { Y, M } = drawn
    const K = M.shape[1]
    const plain = vca(Y, K)
    this.#note('VCA + FCLS', errors(drawn, plain.endmembers, fcls(Y, plain.endmembers)))
    const start = whitenedStart(Y, K)
    this.#note('whitened VCA + FCLS', errors(drawn, start.endmembers, start.abundances))
    const answers = new Map<string, Unmixed>()
    for (const method of methods) {
      const answer = run(method, Y, start)
      if (!answer.falls) this.rises++
      answers.set(method, answer)
      this.#note(method, errors(drawn, answer.endmembers, answer.abundances))
      if (method === 'RRLbS') this.correlations.push(correlation(answer.guidance, hoyerSparsity(drawn.A)))
    }
    this.last = { scene: drawn, answers }
  }

  #note(method: string, found: Errors): void {
    this.errors.set(method, [...(this.errors.get(method) ?? []), found])
  }

  angles(method: string): number[] {
    return this.errors.get(method)!.map(({ angle }) => angle)
  }
  rmses(method: string): number[] {
    return this.errors.get(method)!.map(({ rmse }) => rmse)
  }
}

/** Mean and range of some errors. */
export function shown(values: readonly number[]): string {
  const text = mean(values).toFixed(4)
  return values.length > 1 ? `${text} [${Math.min(...values).toFixed(4)} ${Math.max(...values).toFixed(4)}]` : text
}

/** The paper's theme, judged: broken bands do not matter to the l2,1 loss. */
export function judgeBroken({ claim }: ExperimentContext, study: Study, bad: number): void {
  const [angles, rmses] = [study.angles('RRLbS'), study.rmses('RRLbS')]
  claim({
    claim: `${bad} broken bands of 100: spectra within 0.03 rad and abundances within 0.08, in every scene`,
    paper: '',
    ours: `${Math.max(...angles).toFixed(4)} and ${Math.max(...rmses).toFixed(4)} at most`,
    pass: Math.max(...angles) <= 0.03 && Math.max(...rmses) <= 0.08,
  })
  const ratio = Math.min(
    ...(['NMF', 'l1/2-NMF'] as const).flatMap((method) => study.rmses(method).map((rmse, i) => rmse / rmses[i])),
  )
  claim({
    claim: `${bad} broken bands: abundance errors of NMF and l1/2-NMF from the same start are at least 4 times ours, in every scene`,
    paper: 'robust to outlier channels, where NMF and its sparse forms are not',
    ours: `${ratio.toFixed(1)} times at least`,
    pass: ratio >= 4,
  })
  const gain = mean(study.angles('l2,1')) / mean(angles)
  claim({
    claim: `${bad} broken bands: without sparsity, spectra are at least 1.2 times as far off, on average`,
    paper: 'learned sparsity helps',
    ours: `${gain.toFixed(2)} times`,
    pass: gain >= 1.2,
  })
}

/** A table of both errors of all methods. */
export function tabulate({ table }: ExperimentContext, title: string, study: Study): void {
  table({
    title,
    columns: ['method', 'spectral angle: mean [min max]', 'abundance RMSE: mean [min max]'],
    rows: [...study.errors.keys()].map((method) => [method, shown(study.angles(method)), shown(study.rmses(method))]),
  })
}

/** Maps of the last scene's first material, and the weights of its bands. */
export function draw({ figure }: ExperimentContext, study: Study): void {
  const { scene: drawn, answers } = study.last!
  const map = (label: string, values: Float64Array, k: number): Image => ({
    width: drawn.columns,
    height: drawn.rows,
    channels: 1,
    data: values
      .subarray(k * drawn.rows * drawn.columns, (k + 1) * drawn.rows * drawn.columns)
      .map((v) => 255 * Math.min(1, v)),
    label,
  })
  const images = [map('truth', drawn.A.data, 0)]
  for (const [method, answer] of answers) {
    const { permutation } = errors(drawn, answer.endmembers, answer.abundances)
    images.push(map(method, answer.abundances.data, permutation[0]))
  }
  figure({
    kind: 'images',
    title: 'Abundance of one material',
    caption: `${drawn.badBands.length} of 100 bands are broken.`,
    images,
  })
  const weights = answers.get('RRLbS')!.bandWeights
  figure({
    kind: 'bar',
    title: 'Weights of the bands',
    caption: `Broken: ${[...drawn.badBands].join(', ')}.`,
    x: { label: 'band' },
    y: { label: 'weight' },
    series: [{ label: 'RRLbS', x: Array.from(weights, (_, l) => String(l)), y: weights }],
  })
}

function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [a, b] = [mean(x), mean(y)]
  let [xy, xx, yy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    xy += (x[i] - a) * (y[i] - b)
    xx += (x[i] - a) * (x[i] - a)
    yy += (y[i] - b) * (y[i] - b)
  }
  return xy / Math.sqrt(xx * yy)
}
