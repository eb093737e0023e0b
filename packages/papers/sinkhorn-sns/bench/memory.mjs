// One solve of a large problem: node bench/memory.mjs WHICH [MODULE] prints its time and memory as JSON.
import { cpuTime } from '../../../../scripts/lib/bench.mjs'
import { large } from './problems.mjs'

const [which, module = '@opt/sinkhorn-sns'] = process.argv.slice(2)
const { sinkhornNewton } = await import(module)
const [, , eta, make] = large[which]
const { cost, a, b } = await make()
const { time, answer } = cpuTime(() =>
  sinkhornNewton(cost, a, b, { epsilon: 1 / eta, tolerance: 1e-9, history: false }),
)
const { status, sinkhornIterations, newtonIterations } = answer
// The peak of the process, with the caller's cost.
const memory = 1024 * process.resourceUsage().maxRSS
console.log(JSON.stringify({ time, status, sinkhornIterations, newtonIterations, memory }))
