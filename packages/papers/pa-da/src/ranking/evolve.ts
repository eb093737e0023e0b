import { callback, number, type Random, type Report, randomFrom, refuse, type Solver, show, solver } from '@opt/core'
import { SearchSpace } from '../space.ts'

/** Returns how good a path is; larger is better. */
export type Fitness = (path: number[]) => number

/** Options of {@link evolve}; defaults of SPOS: 50 + 20 rounds of 50. */
export interface EvolveOptions {
  /** Random paths of the first round. Default 50. */
  population?: number | undefined
  /** The best ones so far, from which a round's paths descend. Default 10. */
  parents?: number | undefined
  /** Default 20. */
  rounds?: number | undefined
  /** Paths of a round with edges redrawn. Default 25. */
  mutants?: number | undefined
  /** Paths of a round with each edge from one of two parents. Default 25. */
  crossovers?: number | undefined
  /** Probability that an edge is redrawn. Default 0.1. */
  mutation?: number | undefined
  /** Default 0. */
  seed?: number | Random | undefined
}

/** A report of {@link evolve}: of a round; of {@link exhaustive}: of a path. */
export interface SearchReport extends Report {
  best: number[]
  fitness: number
  evaluations: number
}

/** Answer of a search. */
export interface SearchAnswer {
  best: number[]
  fitness: number
  evaluations: number
  /** Every path that was evaluated, best first. */
  evaluated: { path: number[]; fitness: number }[]
}

/** What has been evaluated so far. */
class Pool {
  readonly evaluated: { path: number[]; fitness: number }[] = []
  readonly #seen = new Set<number>()
  readonly #space: SearchSpace
  readonly #fitness: Fitness

  constructor(fitness: Fitness, space: SearchSpace) {
    if (!(space instanceof SearchSpace)) refuse('space', 'what searchSpace() returned', show(space), 'type')
    this.#fitness = callback(fitness, 'fitness')
    this.#space = space
  }

  has(path: readonly number[]): boolean {
    return this.#seen.has(this.#space.index(path))
  }

  get exhausted(): boolean {
    return this.#seen.size === this.#space.count
  }

  add(path: number[]): void {
    const value = number(this.#fitness([...path]), `fitness of path ${path.join('-')}`)
    this.#seen.add(this.#space.index(path))
    this.evaluated.push({ path, fitness: value })
  }

  /** Draws a path that is new: from a random one on, the next. */
  addRandom(rng: Random): void {
    let index = rng.integer(0, this.#space.count)
    while (this.#seen.has(index)) index = (index + 1) % this.#space.count
    this.add(this.#space.path(index))
  }

  /** Sorts the best to the front; of equal ones the earlier stays ahead. */
  report(): SearchReport {
    this.evaluated.sort((a, b) => b.fitness - a.fitness)
    const [{ path, fitness }] = this.evaluated
    return { best: [...path], fitness, evaluations: this.evaluated.length }
  }

  answer(): SearchAnswer {
    const copies = this.evaluated.map(({ path, fitness }) => ({ path: [...path], fitness }))
    return { ...this.report(), evaluated: copies }
  }
}

/** Searches for the best path by evolution (SPOS): each path is evaluated once. */
export const evolve: Solver<
  [fitness: Fitness, space: SearchSpace, options: EvolveOptions],
  SearchReport,
  SearchAnswer
> = solver(
  'evolve',
  function* (fitness, space, options) {
    const { population = 50, parents = 10, rounds = 20, mutants = 25, crossovers = 25, mutation = 0.1 } = options
    const whole = { integer: true, min: 1, max: 1e6 }
    number(population, 'population', whole)
    number(parents, 'parents', whole)
    number(rounds, 'rounds', { ...whole, min: 0 })
    number(mutants, 'mutants', { ...whole, min: 0 })
    number(crossovers, 'crossovers', { ...whole, min: 0 })
    number(mutation, 'mutation', { min: 0, max: 1 })
    const rng = randomFrom(options.seed ?? 0, 'seed')
    const pool = new Pool(fitness, space)
    for (let k = 0; k < population && !pool.exhausted; k++) pool.addRandom(rng)
    if (yield pool.report()) return pool.answer()
    for (let round = 0; round < rounds && !pool.exhausted; round++) {
      const best = pool.evaluated.slice(0, parents).map(({ path }) => path)
      const parent = () => best[rng.integer(0, best.length)]
      const mutant = () => parent().map((op) => (rng.uniform() < mutation ? rng.integer(0, space.ops.length) : op))
      const child = () => {
        const [mother, father] = [parent(), parent()]
        return mother.map((op, e) => (rng.uniform() < 0.5 ? op : father[e]))
      }
      descend(pool, mutants, mutant)
      descend(pool, crossovers, child)
      const size = population + (round + 1) * (mutants + crossovers)
      while (pool.evaluated.length < size && !pool.exhausted) pool.addRandom(rng)
      if (yield pool.report()) break
    }
    return pool.answer()
  },
  {
    maxIterations: Number.MAX_SAFE_INTEGER,
    options: ['population', 'parents', 'rounds', 'mutants', 'crossovers', 'mutation', 'seed'],
  },
)

/** Adds up to `count` new paths; ten tries each, as in SPOS. */
function descend(pool: Pool, count: number, draw: () => number[]): void {
  let added = 0
  for (let tries = 0; tries < 10 * count && added < count; tries++) {
    const path = draw()
    if (pool.has(path)) continue
    pool.add(path)
    added++
  }
}

/** Evaluates every path of a space of at most 20,000. */
export const exhaustive: Solver<[fitness: Fitness, space: SearchSpace, options: object], SearchReport, SearchAnswer> =
  solver(
    'exhaustive',
    function* (fitness, space, _options) {
      const pool = new Pool(fitness, space)
      if (space.count > 20000) refuse('space', 'of at most 20000 paths (see evolve)', `${space.count} paths`)
      let best: SearchReport | undefined
      for (let i = 0; i < space.count; i++) {
        pool.add(space.path(i))
        const last = pool.evaluated[i]
        if (!best || last.fitness > best.fitness) best = { best: last.path, fitness: last.fitness, evaluations: i + 1 }
        if (yield { ...best, best: [...best.best], evaluations: i + 1 }) break
      }
      return pool.answer()
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: [] },
  )
