import { heapPerCall } from '../node/heap.ts'
import { linearDecay } from '../schedules.ts'
import { assert, type ConformanceCheck, type ConformanceSettings, type Create, type Run, vectors } from './subject.ts'

/** Bytes of short-lived numbers and objects of them that a step may allocate for a parameter: less than any array. */
const BRIEF = 1280
/** Bytes that may remain after it: the engine's own. */
const KEPT = 32

type Problem = (x: Float64Array, gradient: Float64Array) => number

const quadratic: Problem = (x, gradient) => {
  let value = 0
  for (let i = 0; i < x.length; i++) {
    const curvature = 1 + i
    const away = x[i] - (((7 * i) % 5) - 2) / 2
    gradient[i] = curvature * away
    value += 0.5 * curvature * away * away
  }
  return value
}

const rosenbrock: Problem = (x, gradient) => {
  const [a, b] = x
  const valley = b - a * a
  gradient[0] = -2 * (1 - a) - 400 * a * valley
  gradient[1] = 200 * valley
  return (1 - a) * (1 - a) + 100 * valley * valley
}

function converges(create: Create, problem: Problem, start: number[], run: Run): void {
  const { learningRate, steps, tolerance } = run
  const x = Float64Array.from(start)
  const gradient = new Float64Array(x.length)
  const first = problem(x, gradient)
  const subject = create(x, { learningRate })
  for (let t = 0; t < steps; t++) {
    problem(x, gradient)
    subject.step(gradient)
  }
  const last = problem(x, gradient)
  assert(last <= tolerance * first, () => `f fell from ${first} to ${last}, wanted ${tolerance * first}`)
}

export function convergenceChecks(create: Create, settings: ConformanceSettings): ConformanceCheck[] {
  const {
    quadratic: bowl = { learningRate: linearDecay(0.1, 2000), steps: 2000, tolerance: 1e-6 },
    rosenbrock: valley = { learningRate: linearDecay(0.02, 10000), steps: 10000, tolerance: 1e-4 },
    weightDecay = 0,
    allocationFree = true,
  } = settings
  const checks: ConformanceCheck[] = [
    { name: 'a quadratic converges', check: () => converges(create, quadratic, Array(10).fill(2), bowl) },
    { name: "Rosenbrock's function converges", check: () => converges(create, rosenbrock, [-1.2, 1], valley) },
    {
      name: 'zero gradients: only weight decay acts',
      check: () => {
        const x = Float64Array.of(3, -2, 1e-3, 1e5)
        const expected = x.map((v) => {
          for (let t = 0; t < 5; t++) v *= 1 - 0.1 * weightDecay
          return v
        })
        const subject = create(x, { learningRate: 0.1 })
        for (let t = 0; t < 5; t++) subject.step(new Float64Array(4))
        x.forEach((v, i) => {
          const near = Math.abs(v - expected[i]) <= 1e-14 * Math.abs(expected[i])
          assert(near, () => `x[${i}] became ${v}, wanted ${expected[i]}`)
        })
      },
    },
  ]
  if (allocationFree)
    checks.push({
      name: 'a step allocates no array and keeps no object, neither on own arrays nor on resident ones',
      check: () => {
        for (const resident of [false, true]) {
          const sizes = { a: 4000, b: 700 }
          const subject = create(vectors(1, sizes), { learningRate: 0.01, resident })
          const gradients = vectors(2, sizes)
          const { allocated, kept } = heapPerCall(() => subject.step(gradients), 3000)
          assert(
            allocated <= 2 * BRIEF && kept <= 2 * KEPT,
            () => `a step${resident ? ', resident,' : ''} allocates ${allocated} bytes and keeps ${kept} of them`,
          )
        }
      },
    })
  return checks
}
