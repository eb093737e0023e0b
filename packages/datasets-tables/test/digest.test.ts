import { digest } from '@opt/testing'
import { loadTable } from '../src/index.ts'

test('the bits of all tables are the same in every engine', async () => {
  const tables = await Promise.all((['breastCancer', 'diabetes', 'digits', 'iris', 'wine'] as const).map(loadTable))
  expect(digest((say) => say(tables))).toBe('00b15e74f0a0b3ae')
})
