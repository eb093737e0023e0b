import { type Matrix, oneOf } from '@opt/core'
import { decodeImage } from '../images/image.ts'
import type { Picture } from '../images/picture.ts'
import { malformed } from '../input/bytes.ts'
import { part } from '../input/options.ts'
import { matMatrix, parseMat5 } from '../matlab/mat5.ts'
import type { MatArray } from '../matlab/types.ts'
import { type DataOptions, fileOf } from './source.ts'

/** A hyperspectral picture. */
export interface Hyperspectral {
  /** [bands, pixels]: column p is the spectrum of pixel (row p % height, column floor(p / height)). */
  spectra: Matrix
  /** The value of full reflectance. */
  maxValue: number
  width: number
  height: number
  /** The sensor's number of each band. */
  bands: Int32Array
  source: string
}

/**
 * Loads AVIRIS Jasper Ridge, 198 bands x 100 x 100 pixels of trees, water, soil and road; `jasperRidge2_R198.mat`.
 *
 * @throws DataAbsentError when the file is not there, RangeError when it is damaged.
 */
export async function jasperRidge(options: DataOptions = {}): Promise<Hyperspectral> {
  const { bytes, source, limits } = await fileOf(options, 'jasperRidge', 'jasperRidge2_R198.mat')
  const variables = parseMat5(bytes, part(limits, ['maxBytes', 'maxArrays']))
  const variable = (name: string): MatArray =>
    variables.get(name) ?? malformed('jasperRidge', `a variable ${name}`, 'none')
  const spectra = matMatrix(variable('Y'))
  const bands = Int32Array.from(matMatrix(variable('GT')).data)
  const [height, width] = [matMatrix(variable('lines')).data[0]!, matMatrix(variable('cols')).data[0]!]
  const [rows, pixels] = spectra.shape
  if (rows !== bands.length || pixels !== width * height)
    malformed('jasperRidge', `${bands.length} bands of ${width * height} pixels`, `${rows} of ${pixels}`)
  return { spectra, maxValue: matMatrix(variable('maxValue')).data[0]!, width, height, bands, source }
}

/**
 * Loads a photograph that scikit-learn ships (CC BY 2.0), 640 x 427: `china.jpg` or `flower.jpg` in the folder.
 *
 * @throws DataAbsentError when the file is not there, RangeError when it is damaged.
 */
export async function photograph(
  name: 'china' | 'flower',
  options: DataOptions = {},
): Promise<Picture & { source: string }> {
  oneOf(name, 'photograph: name', ['china', 'flower'])
  const { bytes, source, limits } = await fileOf(options, 'photograph', `${name}.jpg`)
  return { ...(await decodeImage(bytes, part(limits, ['maxPixels']))), source }
}
