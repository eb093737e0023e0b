import type { MatrixLike, ValueAndGradient } from '@opt/core'
import { Adam } from '@opt/optimizers'
import {
  type InnerSolver,
  linear,
  logistic,
  type MinimizeReport,
  minimize,
  optimizerSteps,
  type StepRule,
} from '../index.ts'

/** The numbers of gradients after which losses are looked at. */
export const LOOKS: readonly number[] = [10, 20, 50]

/** Logistic regression. */
export interface Problem {
  name: string
  inputs: MatrixLike
  labels: Float64Array
  features: number
}

/** Outer steps. */
export interface Method {
  name: string
  steps: number
  inner: InnerSolver
  rule?: StepRule
}

/** Adam on the loss. */
export const adam = (learningRate: number): Method => ({
  name: `Adam ${learningRate}`,
  steps: 1,
  inner: optimizerSteps((theta) => new Adam(theta, { learningRate })),
})

/** A method's reports, from the loss at zero on. */
export function follow({ inputs, labels, features }: Problem, { steps, inner, rule }: Method): MinimizeReport[] {
  const options = { loss: logistic(), steps, inner, rule, tolerance: 0, maxIterations: LOOKS.at(-1)! + 1 }
  return minimize(linear({ inputs: features }), new Float64Array(features), { inputs, labels }, options).history
}

/** The loss, with its gradient. */
export function objective({ inputs, labels, features }: Problem): ValueAndGradient {
  const [model, loss] = [linear({ inputs: features }), logistic()]
  const X = model.prepare!(inputs)
  const c = new Float64Array(labels.length)
  return (theta, gradient) => {
    const z = Float64Array.from(model.forward(theta, X))
    loss.gradient(z, labels, c)
    for (let i = 0; i < c.length; i++) c[i] /= c.length
    model.vjp(theta, X, c, gradient)
    return loss.value(z, labels, c.length)
  }
}
