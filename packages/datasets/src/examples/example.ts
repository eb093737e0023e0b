/** One example of a file. Indices start at 0 and ascend; features that are not listed are 0. */
export interface Example {
  /** The class or the target: a number, or a word where the cell of a table is none. */
  label: number | string
  indices: number[]
  values: number[]
}

/** Options of {@link openExamples}: those of a table, but for `firstIndex`, which is for LIBSVM files. */
export interface ExampleOptions {
  /** The column of the label: its name, or its position from 0. Default: the last column. */
  label?: string | number | undefined
  /** As for `parseCsv`. */
  header?: boolean | 'sklearn' | undefined
  /** As for `parseCsv`. */
  delimiter?: string | undefined
  /** As for `parseCsv`. */
  decimal?: '.' | ',' | undefined
  /** Index of the first feature of a LIBSVM file: 1 (default) or 0. */
  firstIndex?: 0 | 1 | undefined
}

/** The names of {@link ExampleOptions} for tables. */
export const TABLE_OPTIONS = ['label', 'header', 'delimiter', 'decimal'] as const

/** Reads examples line by line. */
export interface ExampleReader {
  format: 'csv' | 'libsvm'
  /** The number of features of a table; undefined for LIBSVM, where only the whole file shows it. */
  features: number | undefined
  /**
   * Reads one line.
   *
   * @param line its number from 1, which tells the header of a table, and stands in messages.
   * @returns undefined for a header, an empty line or a comment.
   * @throws RangeError naming the line when it is malformed.
   */
  read(text: string, line: number): Example | undefined
}
