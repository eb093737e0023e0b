import {
  callback,
  number,
  options as optionsOf,
  Random,
  type RandomState,
  randomFrom,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vector,
  vectorCopy,
} from '@opt/core'
import { armijoSteps } from './inner/armijo-steps.ts'
import { checkLoss, type Loss, squared } from './losses.ts'
import type { Model } from './models/model.ts'
import type { Rows } from './rows.ts'
import { fixedEta } from './rules/fixed-eta.ts'
import { ask, inSolver } from './surrogate/ask.ts'
import { askGradient, moveOn } from './surrogate/outer-step.ts'
import { load, makeRun, OUTER_OPTIONS, type SurrogateState, save } from './surrogate/run.ts'
import type { OuterOptions } from './target-surrogate.ts'

/** A world to act in. Its states S are plain JSON if runs are to be saved, and never changed in place. */
export interface Environment<S> {
  /** Returns the first state of an episode. */
  reset(random: Random): S
  /** Returns the state after an action, or null when the episode is over. */
  step(state: S, action: Float64Array): S | null
  /** Returns what the policy sees of a state. */
  features(state: S): VectorLike
}

/** The task of {@link imitate}. */
export interface ImitationTask<S> {
  environment: Environment<S>
  /** Returns the expert's action, C numbers, or a promise of it (then call `imitate.async`): the expensive part. */
  expert(state: S): VectorLike | PromiseLike<VectorLike>
  /** The model of features; its outputs are the actions. */
  policy: Model<Rows>
}

/** Options of {@link imitate}. */
export interface ImitateOptions extends OuterOptions {
  /** Outer steps. Default 50. */
  rounds?: number | undefined
  /** The states of a round, each with one query of the expert. Default 100. */
  samples?: number | undefined
  /** The probability that the expert acts, and not the policy, at each state. Default 1. */
  beta?: number | undefined
  /** The loss of actions against the expert's. Default `squared()`. */
  loss?: Loss<Float64Array> | undefined
  /** The seed of the episodes and of who acts, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
  /** A checkpoint to continue from, to the same bits under the same task and options. */
  resume?: ImitationCheckpoint | undefined
}

/** The report of a round of {@link imitate}. */
export interface ImitateReport {
  /** NaN once a surrogate did not stay finite. */
  error?: number
  /** The mean loss on the round's states, before the step. */
  loss: number | undefined
  /** The number of the expert's answers so far. */
  queries: number
  /** The episodes that ended in this round. */
  episodes: number
  eta: number | undefined
  /** G at the new parameters. */
  surrogate: number | undefined
  innerSteps: number
}

/** The answer of {@link imitate}. */
export interface Imitation {
  /** The policy's. */
  parameters: Float64Array
  queries: number
  checkpoint: ImitationCheckpoint
}

/** Everything that {@link imitate} needs to go on; plain JSON if the environment's states are. */
export interface ImitationCheckpoint {
  run: SurrogateState
  random: RandomState
  /** The state of the unfinished episode, or null. */
  state: unknown
  queries: number
}

/**
 * Online imitation: each round collects states of the environment, in which the expert acts with probability beta and
 * else the policy, asks the expert for its action in each of them, and takes one outer step on the loss of the policy's
 * actions there. With the squared loss and the default eta = 1 the surrogate is the round's loss itself.
 *
 * It has completed after `rounds` rounds. A surrogate that does not stay finite ends it as 'diverged'.
 *
 * @param parameters the policy's start; not changed.
 * @throws TypeError or RangeError that names the wrong argument, option, or part of the checkpoint, and for features,
 *   actions and states of the wrong kind; TypeError for an expert of promises outside of `imitate.async`.
 */
export const imitate: Solver<
  [task: ImitationTask<unknown>, parameters: VectorLike, options: ImitateOptions],
  ImitateReport,
  Imitation
> = solver(
  'imitate',
  function* (task, parameters, options) {
    const { environment, expert, policy } = checkTask(task)
    const { rounds = 50, samples = 100, beta = 1, loss = squared(), seed = 0, resume } = options
    const { rule = fixedEta(), inner = armijoSteps(), steps, schedule, total } = options
    number(rounds, 'rounds', { integer: true, min: 1 })
    number(samples, 'samples', { integer: true, min: 1 })
    number(beta, 'beta', { min: 0, max: 1 })
    checkLoss(loss)
    const run = makeRun(
      policy,
      vectorCopy(parameters, 'parameters'),
      { rule, inner, steps, schedule, total },
      { examples: samples, smoothness: loss.smoothness },
    )
    const theta = run.surrogate.parameters
    let rng = randomFrom(seed, 'seed')
    let state: unknown = null
    let queries = 0
    if (resume !== undefined) {
      if (typeof resume !== 'object' || resume === null) refuse('resume', 'a checkpoint', show(resume), 'type')
      load(run, resume.run, 'resume.run')
      rng = new Random(resume.random)
      queries = number(resume.queries, 'resume.queries', { integer: true, min: 0 })
      state = resume.state
    }

    const actions = new Float64Array(samples * policy.outputs)
    const action = new Float64Array(policy.outputs)
    let inputs = new Float64Array(0)
    while (run.gradients < rounds) {
      let episodes = 0
      for (let i = 0; i < samples; i++) {
        state ??= known(environment.reset(rng), 'environment.reset')
        const seen = vector(environment.features(state), 'environment.features(state)')
        if (inputs.length === 0) inputs = new Float64Array(samples * seen.length)
        if (seen.length * samples !== inputs.length)
          refuse('environment.features(state)', `of length ${inputs.length / samples}`, `length ${seen.length}`)
        inputs.set(seen, i * seen.length)
        const wanted = yield* inSolver(ask(expert.call(task, state)))
        actions.set(vector(wanted, 'expert(state)', { length: policy.outputs }), i * policy.outputs)
        queries++
        const expertActs = beta === 1 || (beta > 0 && rng.uniform() < beta)
        action.set(expertActs ? vector(wanted, 'expert(state)') : act(policy, theta, seen))
        state = known(environment.step(state, action.slice()), 'environment.step')
        if (state === null) episodes++
      }
      const batch = {
        inputs,
        gradient: (z: Float64Array, out: Float64Array) => loss.gradient(z, actions, out),
        value: loss.value && ((z: Float64Array, examples: number) => loss.value!(z, actions, examples)),
      }
      const before = yield* inSolver(askGradient(run, batch))
      const step = yield* inSolver(moveOn(run, batch))
      const report: ImitateReport = {
        loss: before,
        queries,
        episodes,
        eta: step?.eta,
        surrogate: step?.surrogate,
        innerSteps: step?.innerSteps ?? 0,
      }
      if (step === null) report.error = NaN
      const stop = yield report
      if (stop) break
    }
    return { parameters: theta, queries, checkpoint: { run: save(run), random: rng.state(), state, queries } }
  },
  { options: ['rounds', 'samples', 'beta', 'loss', 'seed', 'resume', ...OUTER_OPTIONS] },
)

/** Refuses a function that forgets to return a state. */
function known<S>(state: S, label: string): S {
  return state === undefined ? refuse(label, 'such that it returns a state', 'undefined', 'type') : state
}

/** Returns the policy's action, C numbers. */
function act(policy: Model<Rows>, theta: Float64Array, features: Float64Array): Float64Array {
  const inputs = policy.prepare ? policy.prepare(features) : features
  const action = policy.forward(theta, inputs)
  return vector(action, 'policy.forward', { length: policy.outputs })
}

function checkTask<S>(task: ImitationTask<S>): ImitationTask<S> {
  const { environment, expert } = optionsOf(task, 'task')
  for (const method of ['reset', 'step', 'features'] as const) callback(environment?.[method], `environment.${method}`)
  callback(expert, 'expert')
  return task
}
