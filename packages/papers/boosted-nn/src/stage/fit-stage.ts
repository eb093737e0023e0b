import { lbfgs, type Random, refuse } from '@opt/core'
import type { Settings } from '../settings.ts'
import { partsOf, type Stage, type StageShape, stageSize } from './stage.ts'

/** A trained small network. */
export interface FittedStage {
  x: Float64Array
  /** Calls of the objective. */
  evaluations: number
}

/** Draws weights and biases uniformly from (-s, s), s = sqrt(a / (inputs + outputs)), a = 2 for sigmoids, else 6. */
export function randomStart(shape: StageShape, random: Random): Float64Array {
  const x = new Float64Array(stageSize(shape))
  const { W, V } = partsOf(shape, x)
  const spread = shape.activation === 'sigmoid' ? 2 : 6
  const draw = (part: Float64Array, fan: number) => {
    const s = Math.sqrt(spread / fan)
    for (let i = 0; i < part.length; i++) part[i] = random.uniform(-s, s)
  }
  draw(W, shape.d + shape.J)
  draw(V, shape.J + shape.K)
  return x
}

/** Trains a small network from a start; once more from a random one if that does not end in finite numbers. */
export function fitStage(stage: Stage, start: Float64Array, settings: Settings, number: number): FittedStage {
  const train = settings.inner === 'lbfgs' ? quasiNewton : gradientDescent
  const answer = train(stage, start, settings) ?? train(stage, randomStart(stage.shape, settings.random), settings)
  return answer ?? refuse(`stage ${number}`, 'of finite values', 'others from two starts: scale X and y')
}

function quasiNewton(stage: Stage, start: Float64Array, { innerIterations }: Settings): FittedStage | null {
  if (!finiteAt(stage, start)) return null
  const limits = { tolerance: 0, maxIterations: innerIterations, history: false }
  const { x, evaluations } = lbfgs(stage.evaluate, start, limits)
  return { x, evaluations: evaluations + 1 }
}

function gradientDescent(
  stage: Stage,
  start: Float64Array,
  { innerIterations, innerRate }: Settings,
): FittedStage | null {
  const x = start.slice()
  const gradient = new Float64Array(x.length)
  for (let k = 0; k < innerIterations; k++) {
    stage.evaluate(x, gradient)
    for (let i = 0; i < x.length; i++) x[i] -= innerRate * gradient[i]
  }
  return finiteAt(stage, x) ? { x, evaluations: innerIterations + 1 } : null
}

function finiteAt(stage: Stage, x: Float64Array): boolean {
  const gradient = new Float64Array(x.length)
  return Number.isFinite(stage.evaluate(x, gradient)) && gradient.every(Number.isFinite)
}
