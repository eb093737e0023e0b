import { type Floats, refuse } from '@opt/core'
import { DataSampler } from '../samplers/data-sampler.ts'
import { PathSampler } from '../samplers/path-sampler.ts'
import type { PathMode } from '../samplers/path-settings.ts'
import type { Path } from '../space.ts'
import type { Examples } from '../supernet/examples.ts'
import { groupNorm, opNorms } from '../supernet/gradient.ts'
import type { Route } from '../supernet/layout.ts'
import type { Supernet } from '../supernet/supernet.ts'
import { MomentumSteps, type StepReport, type StepSettings } from './step.ts'

/** What a {@link Trainer} samples. */
export interface SamplingSettings {
  mode: PathMode
  data: boolean
  /** Importance weights, so that the gradient is without bias. */
  weights: boolean
  tauMax: number
  target?: Float64Array | undefined
}

/** The steps of PA&DA, without the loop over them. */
export class Trainer {
  readonly paths: PathSampler
  readonly data: DataSampler
  readonly steps: MomentumSteps
  readonly #supernet: Supernet
  readonly #x: Floats
  readonly #y: Int32Array
  readonly #settings: SamplingSettings

  constructor(supernet: Supernet, { x, y, count }: Examples, settings: SamplingSettings & StepSettings) {
    const { mode, tauMax, target } = settings
    this.#supernet = supernet
    this.#settings = settings
    this.#x = supernet.dtype === 'float64' ? x : new Float32Array(x)
    this.#y = y
    this.paths = new PathSampler({
      choices: supernet.space.edges.map(() => supernet.space.ops.length),
      mode,
      tauMax,
      target,
    })
    this.data = new DataSampler(count, { tauMax })
    this.steps = new MomentumSteps(supernet, settings)
  }

  /** Steps on a path, records the norms of its gradients and of the examples'. */
  sampledStep(indices: Int32Array, path: readonly number[], learningRate: number): StepReport {
    const { mode, data, weights } = this.#settings
    const route = this.#supernet.route(path)
    const indicators = data ? new Float64Array(indices.length) : undefined
    const batch = { x: this.#x, y: this.#y, indices, n: indices.length }
    const report = this.steps.step(batch, [route], learningRate, {
      weights: weights ? this.#weights(indices, path) : undefined,
      indicators,
    })
    if (!Number.isFinite(report.norm)) return report
    if (mode !== 'uniform') this.paths.record(path, this.#norms(route, path, report))
    if (indicators) this.data.record(indices, indicators)
    return report
  }

  /** Steps on the sum of the gradients of several paths (FairNAS), or of one. */
  plainStep(indices: Int32Array, paths: readonly Path[], learningRate: number): StepReport {
    const routes = paths.map((path) => this.#supernet.route(path))
    return this.steps.step({ x: this.#x, y: this.#y, indices, n: indices.length }, routes, learningRate)
  }

  #weights(indices: Int32Array, path: readonly number[]): Float64Array {
    const { mode, data } = this.#settings
    const ofPath = mode === 'uniform' ? 1 : this.paths.weight(path)
    const weights = Float64Array.from(indices, (i) => ofPath * (data ? this.data.weight(i) : 1))
    if (!weights.every(Number.isFinite)) refuse('tauMax', 'smaller: importance weights overflow', `weights on ${path}`)
    return weights
  }

  /** The norms of the clipped gradient, as the sampler of paths takes them. */
  #norms(route: Route, path: readonly number[], { factor, norm }: StepReport): Float64Array {
    const { mode } = this.#settings
    const { memory, layout, space } = this.#supernet
    const { gradient } = memory
    const clipped = (norms: Float64Array) => norms.map((one) => factor * one)
    if (mode === 'ops') return clipped(opNorms(gradient, route.groups, path, space.ops.length))
    if (mode === 'table') return Float64Array.of(factor * norm)
    const used = new Set(route.groups)
    const ofEdge = (op: number, e: number) =>
      layout.operations.reduce((sum, edges) => {
        const group = edges[e][op]
        return group && used.has(group) ? sum + groupNorm(gradient, group) : sum
      }, 0)
    return clipped(Float64Array.from(path, ofEdge))
  }
}
