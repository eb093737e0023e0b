import { golden, near } from '@opt/testing'
import highs from 'highs'
import { gameWorlds } from '../src/experiment/game-worlds.ts'
import * as api from '../src/index.ts'

test('the value of the game by a linear program, against the counter adversary', async () => {
  const solver = await (highs as unknown as () => Promise<api.LinearProgramSolver>)()
  for (const piece of golden<(api.LinearMdpData & { gameValue: number })[]>(import.meta.url, 'pieces.json'))
    near(api.gameValue(api.linearMdp(piece), solver), piece.gameValue, { absolute: 1e-8 })
  const { environments } = golden<{
    environments: { features: number[][][][]; nextStates: number[][][]; gameValue: number }[]
  }>(import.meta.url, 'environments.json')
  gameWorlds().forEach(({ data, gameValue }, k) => {
    const { features, nextStates } = environments[k]
    const scaled = (values: number[]) => values.map((v) => v / 10000)
    expect(data.features).toEqual(features.map((layer) => layer.map((state) => state.map(scaled))))
    expect(data.nextStates).toEqual(nextStates.map((layer) => layer.map(scaled)))
    expect(gameValue).toBe(environments[k].gameValue)
  })
  near(api.gameValue(api.linearMdp(gameWorlds(1)[0].data), solver), gameWorlds(1)[0].gameValue, { absolute: 1e-8 })
  // A city of four streets and three layers: 3 / 4.
  const unit = (k: number) => [0, 1, 2, 3].map((i) => Number(i === k))
  const streets = [0, 1, 2, 3].map(unit)
  const city = api.linearMdp({
    features: Array.from({ length: 3 }, () => streets.map(() => streets)),
    nextStates: [streets, streets],
  })
  near(api.gameValue(city, solver), 0.75, { absolute: 1e-9 })
  const broken = { solve: () => ({ Status: 'Infeasible', ObjectiveValue: 0 }) }
  expect(() => api.gameValue(city, broken)).toThrow('gameValue: highs ended with the status "Infeasible"')
})
