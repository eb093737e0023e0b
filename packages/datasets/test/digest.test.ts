import { random } from '@opt/core'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(1)
    const rows = Array.from({ length: 30 }, () => [rng.normal(5, 2), rng.uniform(), rng.integer(0, 3)])
    const csv = ['a,b,c', ...rows.map((row) => row.join(','))].join('\n')
    say([api.parseCsv(csv), api.standardize(rows), api.oneHot(rows.map(([, , c]) => c))])
    const classes = rows.map(([, , c]) => c)
    say(api.trainTestSplit(30, { testFraction: 0.3, rng, stratify: classes }))
    say(api.parseLibsvm('1 1:0.5 3:1e-3\n-1 2:0.1\n'))
    say(api.redrawLabels(classes, { fraction: 0.2, rng }))
  })
  expect(bits).toBe('9ee51062d12a0430')
})
