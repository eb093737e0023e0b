import { random } from '@opt/core'
import { digest } from '@opt/testing'
import { blockSampler, bsvrb, measure, projectSpectrum, soba, temperatureLogistic } from '../src/index.ts'
import { clouds, drawQuadratic, zeros } from './problems.ts'

// Made with Node 20; Node 24 gives the same.
test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const quadratic = drawQuadratic(random(1), { m: 5, x: 3, y: 4 })
    const rng = random(2)
    const logistic = temperatureLogistic(clouds(rng, 30), clouds(rng, 20), [0.5, 1, 2], { l2: 0.1 })
    const common = { eta: 0.05, tau: 0.05, maxIterations: 60, tolerance: 0, history: false }
    for (const version of [1, 2] as const)
      for (const updates of ['all', 'sampled'] as const) {
        const options = { ...common, version, updates, eigenvalues: [0.3, 2.5] as const, radius: 0.5 }
        const noise = quadratic.noise({ blocksPerStep: 2, seed: 3 })
        const first = bsvrb(quadratic, { x: [1, 2, 3], y: zeros(5, 4) }, { ...options, sampler: noise })
        say([first.x, first.y, first.state.z, first.state.adjoint])
        const { examples } = logistic
        const sampler = blockSampler({ blocks: 3, blocksPerStep: 2, examples, batchSize: 7, seed: 4 })
        const second = bsvrb(logistic, { x: new Float64Array(30), y: zeros(3, 3) }, { ...options, sampler })
        say([second.x, second.y, second.state.z, second.state.adjoint])
        const { phi, gradient, tracking } = measure(logistic, second.x, second.y)
        say([phi, gradient, tracking])
      }
    const noise = quadratic.noise({ blocksPerStep: 3, seed: 5 })
    const { x, y, v } = soba(quadratic, { x: [1, 2, 3], y: zeros(5, 4) }, { ...common, sampler: noise })
    say([x, y, v, quadratic.optimum().x])
    const H = [0, 1, 2, 3].map(() => Array.from({ length: 4 }, () => rng.normal()))
    say(projectSpectrum(H, -0.5, 0.5).data)
  })
  expect(bits).toBe('b01c27463113e46a')
})
