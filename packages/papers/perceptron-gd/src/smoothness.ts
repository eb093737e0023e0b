import { calling } from '@opt/core'
import { extremeEigen } from '@opt/curvature'
import { checkDataset, type Dataset } from './data/dataset.ts'

/**
 * Computes L = lambda_max(Z'Z)/4n, the smoothness of the mean logistic loss, from above by at most
 * a part of 1e-6: up to steps of 1/L gradient descent decreases the loss.
 *
 * @throws TypeError when data were not made by dataset().
 */
export function smoothness(given: Dataset): number {
  return calling('smoothness', () => {
    const { rows, d, n, unit } = checkDataset(given, 'data')
    const apply = (x: Float64Array, y: Float64Array) => {
      const margins = rows.margins(x)
      y.fill(0)
      for (let i = 0; i < n; i++) rows.addRow(i, margins[i], y)
    }
    const { values, residuals } = extremeEigen({ rows: d, columns: d, apply }, { tolerance: 1e-7 })
    return ((values[0] + residuals[0]) / (4 * n)) * unit * unit
  })
}
