export { canyon } from './canyon.ts'
export type { TestObjective } from './objective.ts'
export {
  ackley,
  doubleWell,
  himmelblau,
  type QuadraticOptions,
  quadratic,
  rastrigin,
  rosenbrock,
} from './objectives.ts'
