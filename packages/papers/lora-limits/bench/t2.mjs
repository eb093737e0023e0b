import { random } from '@opt/core'
import { frozenHead, taught, weightsOf } from '../dist/experiment/problem.js'
import { digitPatches, tokensOf } from '../dist/experiment/tokens.js'
import { LEARNERS, train } from '../dist/experiment/training.js'

const [L, steps, lr] = process.argv.slice(2).map(Number)
for (const [tau, q] of [
  [0.2, 2],
  [0.6, 1],
])
  for (const seed of [0, 1]) {
    const rng = random(seed)
    const tokens = tokensOf(await digitPatches(rng, L), L, rng)
    const frozen = frozenHead(tokens, tau)
    const batch = taught(frozen, { Q: q, K: q, V: 1 }, rng)
    const out = []
    for (const learner of LEARNERS) {
      const t = process.cpuUsage().user
      let first, last
      for (const p of train({ weights: weightsOf(frozen) }, batch, learner, {
        steps,
        every: 1000,
        learningRate: lr,
        seed,
      })) {
        first ??= p
        last = p
      }
      out.push(
        `${learner.name} ${last.loss.toExponential(1)}@${last.step} B${last.range.toFixed(1)} ${((process.cpuUsage().user - t) / 1e6).toFixed(1)}s`,
      )
      if (learner.name === 'exact') out.unshift(`start ${first.loss.toExponential(1)} B ${first.range.toFixed(1)}`)
    }
    console.log(tau, q, seed, out.join(' | '))
  }
