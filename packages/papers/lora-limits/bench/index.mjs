// The same work by this package and by its peer, in one run: prints a markdown table.
import { loraLimits } from '@opt/lora-limits'
import { cpuTime, duration, printTable } from '../../../../scripts/lib/bench.mjs'

const { time } = cpuTime(() =>
  loraLimits((x) => x, new Float64Array(1000).fill(1), { tolerance: 1e-9, history: false }),
)
printTable(['task', 'ours'], [['1000 unknowns', duration(time)]])
