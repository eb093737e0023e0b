import ndarray from 'ndarray'
import { decimal, malformed, quote } from '../input/bytes.ts'
import type { CsvTable } from './table.ts'

/** Whether a first line is that of a scikit-learn table: number of rows, number of features, class names. */
export function isSklearn([rows, features, ...classes]: string[], second: string[]): boolean {
  const counts = /^\d+$/.test(rows!) && /^\d+$/.test(features ?? '') && Number(features) === second.length - 1
  return counts && classes.length > 0 && classes.every((word) => Number.isNaN(decimal(word)))
}

/** Makes the last column of a scikit-learn table the class, and checks the numbers in its first line. */
export function splitClass({ values, categories }: CsvTable, [rows, features, ...classNames]: string[]): CsvTable {
  const [n, width] = values.shape as [number, number]
  const columns = width - 1
  if (categories.length > 0)
    malformed('parseCsv: line 2', 'numbers only, as in a scikit-learn table', 'a column of words')
  if (Number(rows) !== n)
    malformed('parseCsv: line 1', `the number of rows (${n})`, `${quote(rows!)} (is the file cut short?)`)
  if (Number(features) !== columns)
    malformed('parseCsv: line 1', `the number of features (${columns})`, quote(String(features)))
  const numbers = new Float64Array(n * columns)
  const labels = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    numbers.set(values.data.subarray(i * width, i * width + columns), i * columns)
    const label = values.data[i * width + columns]!
    if (!(Number.isInteger(label) && label >= 0 && label < classNames.length))
      malformed(`parseCsv: row ${i}`, `a class between 0 and ${classNames.length - 1}`, String(label))
    labels[i] = label
  }
  return {
    values: ndarray(numbers, [n, columns]),
    names: Array.from({ length: columns }, (_, j) => String(j)),
    categories: [{ name: 'class', labels, classNames }],
  }
}
