import type { Matrix } from '@opt/core'

/** A column of words: row i holds `classNames[labels[i]]`. */
export interface Category {
  name: string
  labels: Int32Array
  classNames: string[]
}

/** A CSV table: its numbers as a matrix, its words as categories. */
export interface CsvTable {
  /** The numeric columns, [rows, columns], row-major. */
  values: Matrix
  /**
   * Names of the numeric columns: those of the header (a repeated name gets `.1`, `.2`, ...), or the
   * positions from 0 as text.
   */
  names: string[]
  /**
   * The columns of words in the order of the file. Class names are sorted, or in the order that the first line of a
   * scikit-learn table gives.
   */
  categories: Category[]
}
