import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type MatArray, type MatNumbers, parseMat5 } from '@opt/datasets'
import { Problem, reasonOf, UsageError, withoutFunction } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'

/** A hyperspectral image; pixel (i, j) is number j rows + i, as MATLAB lists them. */
export interface SpectralImage {
  /** A row of pixels for each band. */
  spectra: Float64Array[]
  rows: number
  columns: number
  /** The name of the variable. */
  variable: string
  /** SHA-256 of the file. */
  digest: string
}

/** What was typed of the image. */
export interface ImageOptions {
  variable: string | undefined
  rows: number | undefined
  columns: number | undefined
}

/**
 * Reads the image of a MATLAB file: a cube of rows x columns x bands, or a matrix of bands x pixels or pixels x bands,
 * whose height and width were typed or are other variables of the file.
 *
 * @throws Problem when the file cannot be read, or it is not clear what is meant.
 */
export function readImage(file: string, typed: ImageOptions): SpectralImage {
  const name = nameable(file)
  let bytes: Uint8Array
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new Problem(`cannot read ${name}: ${reasonOf(error)}`)
  }
  let variables: Map<string, MatArray>
  try {
    variables = parseMat5(bytes)
  } catch (error) {
    throw new Problem(`${name}: ${withoutFunction(error)}`)
  }
  const digest = createHash('sha256').update(bytes).digest('hex')
  const [variable, array] = choose(variables, typed.variable, name)
  const numbers = Float64Array.from(array.data as ArrayLike<number>, Number)
  if (array.shape.length === 3) {
    const [rows, columns, bands] = array.shape as [number, number, number]
    for (const [option, size] of [
      ['rows', rows],
      ['columns', columns],
    ] as const)
      if (typed[option] !== undefined && typed[option] !== size)
        throw new UsageError(`--${option} is ${typed[option]}, but ${nameable(variable)} of ${name} has ${size}`)
    return { spectra: pieces(numbers, bands), rows, columns, variable, digest }
  }
  const [m, n] = array.shape as [number, number]
  const [rows, columns] = sizeOf(variables, typed, [m, n], `${nameable(variable)} of ${name}`)
  // Column-major: a matrix of bands x pixels holds the spectra of the pixels one after the other.
  const spectra = n === rows * columns ? strided(numbers, m) : pieces(numbers, n)
  return { spectra, rows, columns, variable, digest }
}

const pieces = (numbers: Float64Array, count: number): Float64Array[] => {
  const size = numbers.length / count
  return Array.from({ length: count }, (_, l) => numbers.subarray(l * size, (l + 1) * size))
}

const strided = (numbers: Float64Array, count: number): Float64Array[] =>
  Array.from({ length: count }, (_, l) =>
    Float64Array.from({ length: numbers.length / count }, (_, n) => numbers[n * count + l]!),
  )

const isNumbers = (array: MatArray): array is MatNumbers =>
  'data' in array && 'shape' in array && array.class !== 'sparse'

/** Returns the variable that is meant: the named one, the only cube, or the only matrix. */
function choose(variables: Map<string, MatArray>, typed: string | undefined, file: string): [string, MatNumbers] {
  if (typed !== undefined) {
    const array = variables.get(typed)
    if (array === undefined)
      throw new Problem(`--variable: ${file} has no ${nameable(typed)}, only ${listed([...variables.keys()])}`)
    if (!isNumbers(array) || !isImage(array))
      throw new Problem(`--variable: ${nameable(typed)} of ${file} is no cube or matrix of real numbers`)
    return [typed, array]
  }
  const images = [...variables].filter(
    (entry): entry is [string, MatNumbers] => isNumbers(entry[1]) && isImage(entry[1]),
  )
  const cubes = images.filter(([, { shape }]) => shape.length === 3)
  const found = cubes.length > 0 ? cubes : images
  if (found.length === 0) throw new Problem(`${file} has no cube or matrix of numbers`)
  if (found.length > 1)
    throw new Problem(
      `which variable of ${file} is the image? Give --variable, one of ${listed(found.map(([key]) => key))}`,
    )
  return found[0]!
}

const listed = (names: string[]) => (names.length === 0 ? 'nothing' : names.map(nameable).join(', '))

const isImage = ({ shape, imaginary }: MatNumbers) =>
  imaginary === undefined && (shape.length === 3 || shape.length === 2) && shape.every((size) => size > 1)

const ROWS = ['lines', 'rows', 'nRow', 'nRows', 'height']
const COLUMNS = ['cols', 'columns', 'nCol', 'nCols', 'samples', 'width']

/** Returns rows and columns of the image in a matrix. */
function sizeOf(
  variables: Map<string, MatArray>,
  typed: ImageOptions,
  sides: [number, number],
  label: string,
): [number, number] {
  const scalar = (names: string[]) => {
    for (const [key, array] of variables)
      if (names.some((name) => name.toLowerCase() === key.toLowerCase()) && isNumbers(array) && array.data.length === 1)
        return Number(array.data[0])
    return undefined
  }
  const own = { rows: scalar(ROWS), columns: scalar(COLUMNS) }
  for (const option of ['rows', 'columns'] as const)
    if (typed[option] !== undefined && own[option] !== undefined && typed[option] !== own[option])
      throw new UsageError(`--${option} is ${typed[option]}, but the file of ${label} says ${own[option]}`)
  const whole = (size: number) => Number.isInteger(size) && size >= 1
  const fits = (rows: number, columns: number) => whole(rows) && whole(columns) && sides.includes(rows * columns)
  // The longer side holds the pixels, unless both height and width say otherwise.
  const other = (size: number | undefined) => (size === undefined ? undefined : Math.max(...sides) / size)
  const rows = typed.rows ?? own.rows ?? other(typed.columns)
  const columns = typed.columns ?? own.columns ?? other(typed.rows)
  if (rows === undefined || columns === undefined || !fits(rows, columns))
    throw new UsageError(
      `how high and wide is the image? ${label} is a ${sides[0]} x ${sides[1]} matrix: give --rows and --columns`,
    )
  return [rows, columns]
}
