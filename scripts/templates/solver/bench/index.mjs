// The same work by this package and by its peer, in one run: prints a markdown table.
import { __camel__ } from '@opt/__name__'
import { duration, leastTime, printTable } from '../../../../scripts/lib/bench.mjs'

const x0 = new Float64Array(1000).fill(1)
const time = leastTime(() => __camel__((x) => x, x0, { tolerance: 1e-9, history: false }), 7)
printTable(['task', 'ours'], [['1000 unknowns', duration(time)]])
