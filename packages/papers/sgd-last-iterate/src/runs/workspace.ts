import { allocate } from '@opt/core'
import { type StepKernels, stepKernels } from '../kernels.ts'

/** The vectors of some runs, in the memory of the kernels. */
export interface Workspace {
  /** x^t of each run. */
  points: Float64Array[]
  /** ghat^t. */
  ghat: Float64Array
  /** xi^t, the noise that was added to the subgradient. */
  xi: Float64Array
  /** grad psi(x^t) - eta_t ghat^t. */
  theta: Float64Array
  zeros: Float64Array
  kernels: StepKernels
}

/** Allocates the vectors of `runs` runs. */
export const workspace = (dimension: number, runs: number): Workspace =>
  allocate([stepKernels], (views) => ({
    points: Array.from({ length: runs }, () => views.f64(dimension)),
    ghat: views.f64(dimension),
    xi: views.f64(dimension),
    theta: views.f64(dimension),
    zeros: views.f64(dimension),
  }))
