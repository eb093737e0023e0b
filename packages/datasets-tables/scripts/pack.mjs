// Packs the tables in a folder of scikit-learn's data files into src/packed.
// node scripts/pack.mjs FOLDER
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const OTHERS = '!"#$%&()*,-.:;<=>?@[]^_|~'

const folder = process.argv[2]
const text = (name) => {
  const bytes = readFileSync(join(folder, name))
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
}
const rowsOf = (name, delimiter = ',') =>
  text(name)
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(delimiter))

/** Decimals without exponents or zeros at the end: `1.510000000000000000e+02` is `151`. */
const plain = (cell) => String(Number(cell))

/** A class table whose first line is `rows,features,class names`. */
function classes(name, featureNames) {
  const [[, , ...classNames], ...cells] = rowsOf(name)
  return { from: name, cells, featureNames, classNames }
}

const measures = ['radius', 'texture', 'perimeter', 'area', 'smoothness', 'compactness', 'concavity', 'concave points']
measures.push('symmetry', 'fractal dimension')
const targets = rowsOf('diabetes_target.csv.gz', ' ')

const tables = {
  iris: classes('iris.csv', ['sepal length', 'sepal width', 'petal length', 'petal width']),
  wine: classes(
    'wine_data.csv',
    'alcohol,malic acid,ash,alcalinity of ash,magnesium,total phenols,flavanoids,nonflavanoid phenols,proanthocyanins,color intensity,hue,od280/od315 of diluted wines,proline'.split(
      ',',
    ),
  ),
  'breast-cancer': classes('breast_cancer.csv', [
    ...measures.map((measure) => `mean ${measure}`),
    ...measures.map((measure) => `${measure} error`),
    ...measures.map((measure) => `worst ${measure}`),
  ]),
  digits: {
    from: 'digits.csv.gz',
    cells: rowsOf('digits.csv.gz'),
    featureNames: Array.from({ length: 64 }, (_, k) => `pixel ${Math.floor(k / 8)},${k % 8}`),
    classNames: [...'0123456789'],
  },
  diabetes: {
    from: 'diabetes_data_raw.csv.gz and diabetes_target.csv.gz',
    cells: rowsOf('diabetes_data_raw.csv.gz', ' ').map((row, i) => [...row, ...targets[i]]),
    featureNames: ['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6'],
  },
}

/**
 * Writes each number as an integer of `width` digits to base 64, after `decimals` moves of the point.
 * The few numbers that carry rounding errors of whoever made the file are rounded, and listed beside.
 */
function encode(cells) {
  const exact = []
  const short = (cell, place) => {
    if (cell.length < 12) return cell
    exact.push([place, Number(cell)])
    return plain(Number(cell).toFixed(4))
  }
  const columns = cells[0].map((_, j) => cells.map((row, i) => short(plain(row[j]), row.length * i + j)))
  const decimals = columns.map((column) => Math.max(...column.map((cell) => (cell.split('.')[1] ?? '').length)))
  const integer = (cell, j) => {
    const [whole, fraction = ''] = cell.split('.')
    return Number(whole + fraction.padEnd(decimals[j], '0'))
  }
  const integers = columns.map((column, j) => column.map((cell) => integer(cell, j)))
  const widths = integers.map((column) => Math.max(1, Math.ceil(Math.log(Math.max(...column) + 1) / Math.log(64))))
  const digits = (value, width) =>
    Array.from({ length: width }, (_, k) => DIGITS[Math.floor(value / 64 ** (width - 1 - k)) % 64]).join('')
  const text = cells.map((_, i) => integers.map((column, j) => digits(column[i], widths[j])).join('')).join('')
  return { decimals, widths, exact, text }
}

/** Replaces the most frequent pair of characters by a character that does not occur, while there is one. */
function compress(text) {
  let pairs = ''
  for (const free of [...DIGITS, ...OTHERS].filter((character) => !text.includes(character))) {
    const counts = new Map()
    for (let k = 1; k < text.length; k++) {
      const pair = text[k - 1] + text[k]
      counts.set(pair, (counts.get(pair) ?? 0) + 1)
    }
    const [pair] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))
    pairs += free + pair
    text = text.split(pair).join(free)
  }
  return { pairs, text }
}

for (const [name, { from, cells, featureNames, classNames = [] }] of Object.entries(tables)) {
  const { text, ...numbers } = encode(cells)
  const packed = { rows: cells.length, featureNames, classNames, ...numbers, ...compress(text) }
  writeFileSync(
    new URL(`../src/packed/${name}.ts`, import.meta.url),
    `// Made by scripts/pack.mjs from ${from}.
import type { Packed } from '../unpack.ts'

export const packed: Packed = ${JSON.stringify(packed, null, 2)}
`,
  )
}
