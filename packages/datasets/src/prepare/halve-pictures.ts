import { type Matrix, number, refuse, show, vector } from '@opt/core'
import ndarray from 'ndarray'
import type { PictureSet } from '../sets/pictures.ts'
import { checkRows } from './rows.ts'

/**
 * Averages pixels over 2 x 2: pictures of half the height and width, 14 x 14 of {@link mnist}.
 *
 * @returns the data set with float64 features; the one given is not changed.
 * @throws RangeError when a height or width is odd, or the features are not of that size.
 */
export function halvePictures<T extends Pick<PictureSet, 'features' | 'imageShape'>>(
  dataset: T,
): Omit<T, 'features'> & { features: Matrix } {
  checkRows(dataset, 'halvePictures')
  const { features, imageShape } = dataset
  const label = 'halvePictures: imageShape'
  const sizes = vector(imageShape, label, { sign: 'positive' })
  const [height = 0, width = 0, channels = 1] = sizes
  number(height / 2, `${label}[0] / 2`, { integer: true })
  number(width / 2, `${label}[1] / 2`, { integer: true })
  const [n, columns] = features.shape as [number, number]
  if (height * width * channels !== columns) refuse(label, `the sizes of ${columns} pixels`, show(imageShape))
  const data = new Float64Array((n * columns) / 4)
  for (let i = 0, out = 0; i < n; i++)
    for (let row = 0; row < height; row += 2)
      for (let column = 0; column < width; column += 2)
        for (let c = 0; c < channels; c++, out++) {
          const at = (row * width + column) * channels + c
          const below = at + width * channels
          const sum = features.get(i, at) + features.get(i, at + channels) + features.get(i, below)
          data[out] = (sum + features.get(i, below + channels)) / 4
        }
  const half = [height / 2, width / 2, ...sizes.subarray(2)]
  return { ...dataset, features: ndarray(data, [n, columns / 4]), imageShape: half }
}
