import { bsvrb, measure } from '@opt/mbbo'
import { exp, log, random } from '@opt/core'

// Twenty small regressions of 15 + 15 rows and 8 features; in all of them only the features 0 and 1 matter.
const rng = random(7)
const draw = ([a, b]) => {
  const rows = Array.from({ length: 15 }, () => Float64Array.from({ length: 8 }, () => rng.normal()))
  return { rows, targets: rows.map((row) => a * row[0] + b * row[1] + rng.normal(0, 1)) }
}
const tasks = Array.from({ length: 20 }, () => [rng.normal(), rng.normal()]).map((truth) => ({
  training: draw(truth),
  validation: draw(truth),
}))

// The mean of (row'y - target)^2 / 2, its gradient in y, and the product of its Hessian with v.
const product = (row, y) => row.reduce((sum, value, j) => sum + value * y[j], 0)
const addTo = (out, rows, factors) =>
  rows.forEach((row, i) => row.forEach((value, j) => (out[j] += (factors[i] * value) / rows.length)))
const residuals = ({ rows, targets }, y) => rows.map((row, i) => product(row, y) - targets[i])
const loss = (data, y) => residuals(data, y).reduce((sum, r) => sum + r * r, 0) / (2 * data.rows.length)
const gradient = (data, y, out) => addTo(out.fill(0), data.rows, residuals(data, y))

// A block is a plain object of two levels: x holds the logarithm of a penalty for each feature, y_i the coefficients.
const problem = {
  blocks: tasks.length,
  block: (i) => ({
    upper: {
      value: (x, y) => loss(tasks[i].validation, y),
      gradient(x, y, gx, gy) {
        gx.fill(0)
        gradient(tasks[i].validation, y, gy)
      },
    },
    lower: {
      value: (x, y) => loss(tasks[i].training, y) + y.reduce((sum, value, j) => sum + (exp(x[j]) * value * value) / 2, 0),
      gradient(x, y, gx, gy) {
        gradient(tasks[i].training, y, gy)
        for (const j of y.keys()) {
          gx[j] = (exp(x[j]) * y[j] * y[j]) / 2
          gy[j] += exp(x[j]) * y[j]
        }
      },
      // The Hessian times (0, v): its part in x, and its part in y.
      hvp(x, y, v, outX, outY) {
        const { rows } = tasks[i].training
        addTo(outY.fill(0), rows, rows.map((row) => product(row, v)))
        for (const j of y.keys()) {
          outX[j] = exp(x[j]) * y[j] * v[j]
          outY[j] += exp(x[j]) * v[j]
        }
      },
    },
  }),
}

const x0 = new Float64Array(8).fill(log(0.1))
const y0 = tasks.map(() => new Float64Array(8))
const { x, y, message } = bsvrb(problem, { x: x0, y: y0 }, { blocksPerStep: 5, tau: 0.1, eta: 0.1, alpha: 0.2, beta: 0.1, maxIterations: 3000 })
console.log(message)
console.log(`validation loss ${measure(problem, x0, y0).phi.toFixed(3)} before, ${measure(problem, x, y).phi.toFixed(3)} after`)
console.log(`penalties ${Array.from(x, (value) => exp(value).toFixed(2)).join(' ')}`)
