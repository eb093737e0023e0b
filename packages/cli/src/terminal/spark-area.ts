import { cellText } from './format.ts'

const EIGHTHS = ' ▁▂▃▄▅▆▇█'

/**
 * Draws a series of nonnegative values as an area of block characters, from 0 to its largest value, each column the mean of
 * its part of the series.
 *
 * @param size of the area in characters; the labels on the left take eleven more.
 */
export function sparkArea(title: string, values: ArrayLike<number>, size: { width: number; height: number }): string {
  const { height } = size
  const width = Math.min(size.width, values.length)
  const means = Array.from({ length: width }, (_, column) => {
    const [from, to] = [column, column + 1].map((edge) => Math.floor((edge * values.length) / width)) as [
      number,
      number,
    ]
    let mean = 0
    for (let t = from; t < to; t++) mean += values[t]! / (to - from)
    return mean
  })
  let top = 0
  for (let t = 0; t < values.length; t++) top = Math.max(top, values[t]!)
  const rows = Array.from({ length: height }, (_, row) => {
    const below = 8 * (height - 1 - row)
    const cells = means.map(
      (mean) => EIGHTHS[Math.max(0, Math.min(8, Math.round((8 * height * mean) / (top || 1)) - below))],
    )
    const label = row === 0 ? cellText(top) : row === height - 1 ? '0' : ''
    return `${label.padStart(10)} ${cells.join('')}`.trimEnd()
  })
  return [`${' '.repeat(11)}${title}`, ...rows].join('\n')
}
