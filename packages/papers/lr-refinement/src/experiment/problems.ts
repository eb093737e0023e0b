import { type ExperimentContext, type Matrix, random } from '@opt/core'
import {
  a9a,
  breastCancer,
  type DataOptions,
  diabetes,
  digits,
  ifPresent,
  iris,
  redrawLabels,
  standardize,
  wine,
} from '@opt/datasets'

/** Data to classify. */
export interface Problem {
  name: string
  /** Row-major. */
  features: Float64Array
  labels: Int32Array
  columns: number
  classes: number
}

export type ProblemName = 'a9a' | 'digits' | 'breast cancer' | 'wine' | 'iris' | 'diabetes'

/** A tenth of the labels is drawn anew in these: without noise their gradients vanish. */
const NOISY: ProblemName[] = ['digits', 'breast cancer', 'wine', 'iris']

/** Loads a problem; null for a9a without a data folder. */
export async function loadProblem(name: ProblemName, { dataFolder, seed }: ExperimentContext): Promise<Problem | null> {
  const options = { folder: dataFolder }
  if (name === 'a9a') return loadA9a(options)
  const { features, labels, classes } = await TABLES[name](options)
  return {
    name: NOISY.includes(name) ? `${name}, 10% noise` : name,
    features: Float64Array.from(features),
    labels: NOISY.includes(name)
      ? redrawLabels(labels, { fraction: 0.1, rng: random(seed), classes }).labels
      : Int32Array.from(labels),
    columns: features.length / labels.length,
    classes,
  }
}

interface Table {
  features: Float64Array
  labels: ArrayLike<number>
  classes: number
}

const TABLES: Record<Exclude<ProblemName, 'a9a'>, (options: DataOptions) => Promise<Table>> = {
  digits: async (options) => {
    const { features, labels } = await digits(options)
    return { features: features.data.map((v) => v / 16), labels, classes: 10 }
  },
  'breast cancer': async (options) => standardized(await breastCancer(options), 2),
  wine: async (options) => standardized(await wine(options), 3),
  iris: async () => standardized(await iris(), 3),
  diabetes: async (options) => {
    const { features, targets } = await diabetes(options)
    const median = targets.slice().sort()[Math.floor(targets.length / 2)]
    return standardized({ features, labels: targets.map((v) => Number(v > median)) }, 2)
  },
}

const standardized = (
  { features, labels }: { features: Matrix; labels: ArrayLike<number> },
  classes: number,
): Table => ({
  features: standardize(features).features.data,
  labels,
  classes,
})

const A9A_ROWS = 4000

async function loadA9a(options: DataOptions): Promise<Problem | null> {
  const table = await ifPresent(a9a(options))
  if (!table) return null
  const { indptr, indices, values, labels } = table
  const features = new Float64Array(A9A_ROWS * 123)
  for (let i = 0; i < A9A_ROWS; i++)
    for (let k = indptr[i]; k < indptr[i + 1]; k++) features[123 * i + indices[k]] = values[k]
  const classes = Int32Array.from(labels.subarray(0, A9A_ROWS), (label) => Number(label > 0))
  return { name: 'a9a, 4000 rows', features, labels: classes, columns: 123, classes: 2 }
}
