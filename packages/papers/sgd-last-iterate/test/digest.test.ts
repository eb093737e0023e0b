import { random } from '@opt/core'
import { digest } from '@opt/testing'
import { game, lasso, leastAbsoluteErrors } from '../src/experiment/problems.ts'
import {
  bound,
  coefficients,
  csmd,
  entropy,
  euclidean,
  heavyBound,
  l1Norm,
  lastIterate,
  lp,
  noise,
  plan,
  power,
  quantiles,
  radialPower,
} from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const known = { M: 1.5, sigma: 0.7, distance: 2, delta: 0.1 }
    for (const more of [{ L: 0 }, { L: 3 }, { L: 1, muF: 0.3 }, { L: 1, muH: 0.3 }, { L: 0, p: 1.4 }]) {
      const { stepSizes: etas, guarantee, text } = plan({ ...known, ...more, steps: 40 })
      say([etas, guarantee(40), text])
      if (more.p) say(heavyBound({ ...known, p: 1.4, stepSizes: etas! }))
      else say([bound({ ...known, ...more, stepSizes: etas! }), coefficients({ ...more, stepSizes: etas! })])
    }
    for (const problem of [leastAbsoluteErrors(1), lasso(1), game(1)]) {
      const run = {
        ...problem,
        stepSizes: new Float64Array(30).fill(0.1),
        random: random(1),
        average: true,
        seeds: 3,
        reference: problem.minimiser,
      }
      const { message: _, ...answer } = csmd(run)
      say([problem.minimum, problem.L, answer, quantiles(run).gaps])
    }
    const sources = [noise.gaussian(1), noise.uniform(1), noise.sign(1), noise.pareto(1, 1.5), noise.weibull(1, 0.7)]
    for (const source of sources) {
      const out = new Float64Array(20)
      source.draw(random(2), out)
      say([out, source.moment(3, 1.3)])
    }
    const rng = random(4)
    for (const map of [euclidean(), entropy(), lp(1.3), power(1.3), radialPower(1.3)])
      for (const d of [3, 60]) {
        const isEntropy = map.name === 'entropy'
        const learner = lastIterate({
          x0: new Float64Array(d).fill(1 / d),
          map,
          term: isEntropy ? undefined : l1Norm(0.01),
          stepSizes: (t) => 0.1 / t,
        })
        for (let t = 0; t < 20; t++) learner.step(Float64Array.from({ length: d }, () => rng.normal()))
        const x = learner.point()
        say([learner.state(), map.dualNorm(x), map.divergence(x, x.toReversed())])
      }
  })
  expect(bits).toBe('9ce6e4bb43afc592')
})
