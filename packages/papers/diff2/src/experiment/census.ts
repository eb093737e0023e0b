import { exp, type Random, random } from '@opt/core'
import { a9a, ifPresent } from '@opt/datasets'

/** Records of a census: eight features of public range between -1 and 1, and whether the income is high. */
export interface Census {
  /** records x 8 */
  inputs: Float64Array
  /** 0 or 1 */
  targets: Float64Array
  source: string
}

/** Equal records are one row, with their number. */
export interface Table {
  inputs: Float64Array
  targets: Float64Array
  counts: Float64Array
}

export const FEATURES = 8
const TRAIN = 13000

/** The columns of a9a: three features in fifths, of five columns each, and five of yes or no. */
const FIFTHS = [1, 35, 78]
const BINARY = [73, 40, 75, 77, 67]

/** Loads the test part of Adult (LIBSVM's a9a.t) from a folder, or draws a population like it. */
export async function loadCensus(folder: string | undefined): Promise<Census> {
  const table = folder === undefined ? undefined : await ifPresent(a9a({ folder }))
  return table ? adult(table) : drawCensus(random(2023))
}

function adult({ rows, labels, indptr, indices, source }: Awaited<ReturnType<typeof a9a>>): Census {
  const inputs = new Float64Array(rows * FEATURES).fill(-1)
  for (let i = 0; i < rows; i++) {
    const has = new Set(Array.from(indices.subarray(indptr[i], indptr[i + 1]), (column) => column + 1))
    FIFTHS.forEach((first, k) => {
      const bin = [0, 1, 2, 3, 4].find((b) => has.has(first + b)) ?? 2
      inputs[i * FEATURES + k] = (bin - 2) / 2
    })
    BINARY.forEach((column, k) => {
      inputs[i * FEATURES + 3 + k] = has.has(column) ? 1 : -1
    })
  }
  return { inputs, targets: Float64Array.from(labels, (label) => (label > 0 ? 1 : 0)), source }
}

/** Shares of the fifths' values, and how likely men and women of each age are married. */
const AGE = [0.2, 0.18, 0.21, 0.19, 0.22]
const EDUCATION = [0.13, 0.32, 0.22, 0.08, 0.25]
const HOURS = [0.17, 0.07, 0.46, 0.08, 0.22]
const MARRIED = [
  [0.04, 0.17, 0.2, 0.2, 0.16],
  [0.1, 0.45, 0.67, 0.75, 0.78],
]

/** Draws 16,281 records whose shares are those of Adult, roughly. */
function drawCensus(rng: Random): Census {
  const n = 16281
  const inputs = new Float64Array(n * FEATURES)
  const targets = new Float64Array(n)
  const sign = (chance: number) => (rng.uniform() < chance ? 1 : -1)
  const bin = (shares: number[]) => rng.choice(5, 1, { weights: shares })[0]
  for (let i = 0; i < n; i++) {
    const [age, education, hours] = [bin(AGE), bin(EDUCATION), bin(HOURS)]
    const male = sign(0.67)
    const married = sign(MARRIED[male > 0 ? 1 : 0][age])
    const [gain, loss, white] = [sign(0.08), sign(0.047), sign(0.86)]
    const fifths = [age, education, hours].map((b) => (b - 2) / 2)
    inputs.set([...fifths, male, married, gain, loss, white], i * FEATURES)
    // Income rises with age up to the fourth fifth, and with education the more for the married.
    const [a, e, h] = fifths
    const logit =
      -0.3 + 0.7 * a - 0.6 * a * a + (1.1 + 0.25 * married) * e + 0.5 * h + 1.15 * married + 0.9 * gain + 0.4 * loss
    targets[i] = rng.uniform() < 1 / (1 + exp(-logit)) ? 1 : 0
  }
  return { inputs, targets, source: 'drawn here, with the shares of Adult' }
}

/** Returns some records, equal ones in one row. */
export function tableOf({ inputs, targets }: Census, records: readonly number[]): Table {
  const rows = new Map<string, { record: number; count: number }>()
  for (const i of records) {
    const key = `${inputs.subarray(i * FEATURES, (i + 1) * FEATURES)} ${targets[i]}`
    const row = rows.get(key)
    if (row) row.count++
    else rows.set(key, { record: i, count: 1 })
  }
  const all = [...rows.values()]
  const table = {
    inputs: new Float64Array(all.length * FEATURES),
    targets: Float64Array.from(all, ({ record }) => targets[record]),
    counts: Float64Array.from(all, ({ count }) => count),
  }
  all.forEach(({ record }, k) => {
    table.inputs.set(inputs.subarray(record * FEATURES, (record + 1) * FEATURES), k * FEATURES)
  })
  return table
}

/** The numbers of the records that train, and those that test. */
export function splitCensus({ targets }: Census): { train: number[]; test: number[] } {
  const all = Array.from(targets.keys())
  return { train: all.slice(0, TRAIN), test: all.slice(TRAIN) }
}
