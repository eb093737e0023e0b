import { type NormalSource, objectives } from '../src/index.ts'

/** The objectives of the golden files by their names there. */
export function named(name: string, parameters: Record<string, number>) {
  const { rastrigin, ackley, canyon, doubleWell, rosenbrock, himmelblau, quadratic } = objectives
  const all: Record<string, () => objectives.TestObjective> = {
    rastrigin: () => rastrigin(parameters.amplitude),
    rastrigin10: () => rastrigin(parameters.amplitude),
    ackley,
    canyon: () => canyon(parameters.roughness),
    canyonSmooth: () => canyon(parameters.roughness),
    doubleWell,
    rosenbrock,
    himmelblau,
    quadratic,
  }
  return all[name]()
}

/** Recorded normals, and batches joined to permutations of the particles. */
export function recorded(normals: number[][][], batches: number[][] | null): NormalSource {
  const numbers = normals.flat(2)
  const order = batches?.flat() ?? []
  let [at, place] = [0, 0]
  return {
    normal: () => numbers[at++],
    permutation(n) {
      place += n
      // Past the record: in order.
      return place > order.length ? Array.from({ length: n }, (_, i) => i) : order.slice(place - n, place)
    },
  }
}
