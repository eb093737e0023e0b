// A step of CBO on Rastrigin's function, objective included, against CBXpy and vectorised numpy, one thread each, in
// turns, by CPU time. node bench/index.mjs [--quick]
import { cbo, objectives } from '@opt/cbo'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 3 : 11
const peer = await startPeer(new URL('cbx_peer.py', import.meta.url))
const { value } = objectives.rastrigin()

/** Microseconds of CPU time per step; the steps before are not counted. */
function ours(dimension, particles, steps) {
  let begin
  const onProgress = ({ iteration }) => {
    if (iteration === 20) begin = process.cpuUsage()
  }
  cbo(
    value,
    { dimension, mean: 4, deviation: 4 },
    { particles, sigma: 9, tolerance: 0, maxIterations: steps + 20, history: false, onProgress },
  )
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / steps
}

const text = (value) => (Number.isFinite(value) ? value.toPrecision(3) : '-')
const times = (theirs, least) => (Number.isFinite(theirs) ? (theirs / least).toFixed(1) : '-')
console.log('| d | N | ours, µs | CBXpy, µs | times | numpy, µs | times |')
console.log('| --: | --: | --: | --: | --: | --: | --: |')
const misses = []
for (const [d, N, steps, target] of [
  [4, 100, 2000],
  [20, 100, 1000, 3],
  [20, 1000, 150, 1.5],
  [20, 10_000, 15],
  [100, 100, 200],
]) {
  ours(d, N, steps)
  let [mine, cbx, numpy] = [Infinity, Infinity, Infinity]
  for (let round = 0; round < ROUNDS; round++) {
    mine = Math.min(mine, ours(d, N, steps))
    if (!peer) continue
    cbx = Math.min(cbx, Number(await peer.ask(`cbx;${d};${N};${steps}`)) || Infinity)
    numpy = Math.min(numpy, Number(await peer.ask(`numpy;${d};${N};${steps}`)))
  }
  console.log(
    `| ${d} | ${N} | ${text(mine)} | ${text(cbx)} | ${times(cbx, mine)} | ${text(numpy)} | ${times(numpy, mine)} |`,
  )
  if (target && cbx / mine < target) misses.push(`${(cbx / mine).toFixed(1)} at d = ${d}, N = ${N}, target ${target}`)
}
const met = misses.length === 0 ? '' : ` Targets not met: ${misses.join('; ')}.`
console.log(
  peer
    ? `\nFloat64, one thread, the least of ${ROUNDS} rounds; anisotropic noise, alpha 1000. ${peer.version}.${met}`
    : `\n${NO_PEER}`,
)
peer?.stop()
