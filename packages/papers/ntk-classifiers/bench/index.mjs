// Kernels in logarithms beside numpy and neural-tangents, interleaved in one run, by CPU time on one thread.
// node bench/index.mjs [--quick]
import { random } from '@opt/core'
import { DeepNTKClassifier, ntk, optimalActivation, relu, toSphere } from '@opt/ntk-classifiers'
import { cpuTime, median, shown } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const REPEATS = quick ? 3 : 7

const numpy = await startPeer(new URL('numpy_peer.py', import.meta.url))
const tangents = await startPeer(new URL('neural_tangents_peer.py', import.meta.url), '.venv-peers-ntk')
const ask = async (peer, line) => (peer ? (await peer.ask(line)).split(' ').map(Number) : [Number.NaN])

const phi = { cubic: optimalActivation(3), relu: relu() }
const evenly = (pairs) => Float64Array.from({ length: pairs }, (_, i) => (i + 0.5) / pairs)

console.log(
  '| pairs | depth | activation | ours, ms | numpy, ms | neural-tangents, ms | ns a layer and pair |\n| --: | --: | --- | --: | --: | --: | --: |',
)
let ratio = Number.NaN
for (const [side, depth, name] of quick
  ? [[316, 20, 'cubic']]
  : [
      [100, 20, 'cubic'],
      [316, 20, 'cubic'],
      [1000, 20, 'cubic'],
      [316, 5, 'cubic'],
      [316, 100, 'cubic'],
      [316, 20, 'relu'],
    ]) {
  const pairs = side === 316 ? 1e5 : side * side
  const delta = evenly(pairs)
  const times = { ours: [], numpy: [], tangents: [] }
  for (let k = 0; k < REPEATS; k++) {
    times.ours.push(cpuTime(() => ntk(phi[name], { depth, delta })).time)
    times.numpy.push(name === 'cubic' ? (await ask(numpy, `${pairs} ${depth}`))[0] : Number.NaN)
    // Compiling 100 cubic layers took more than a minute of CPU time and 2 GB.
    times.tangents.push(depth <= 20 ? (await ask(tangents, `${name} ${side} ${depth}`))[0] : Number.NaN)
  }
  const [ours, theirs, jax] = [times.ours, times.numpy, times.tangents].map(median)
  if (side === 316 && depth === 20 && name === 'cubic') ratio = ours / theirs
  const each = (ours / pairs / depth) * 1e9
  console.log(
    `| ${pairs.toLocaleString('en')} | ${depth} | ${name} | ${shown(ours * 1e3)} | ${shown(theirs * 1e3)} | ${shown(jax * 1e3)} | ${shown(each)} |`,
  )
}

if (tangents) {
  const lines = []
  for (const [name, depth] of [
    ['cubic', 3],
    ['relu', 20],
  ]) {
    const angle = Math.PI / 2 / 16
    const delta = [0, 2 * Math.sin(angle / 2) ** 2]
    const { logKernel } = ntk(phi[name], { depth, delta })
    const [, value] = await ask(tangents, `${name} 16 ${depth}`)
    lines.push(`${name}, depth ${depth}: ${shown(Math.exp(logKernel[1] - logKernel[0]))} and ${shown(value)}`)
  }
  console.log(`\nK(x, x') / K(x, x) at an angle of 5.6 degrees, ours and that of neural-tangents: ${lines.join('; ')}.`)
}

console.log('\n| rows | fit at depth 20, s | its kernel matrix, MB | fit at depth Infinity, s | 1000 predictions, s |')
console.log('| --: | --: | --: | --: | --: |')
for (const n of quick ? [200] : [500, 1000, 2000]) {
  const rng = random(0)
  const rows = (m) =>
    toSphere(
      Array.from({ length: m }, () => Array.from({ length: 3 }, () => Math.abs(rng.normal()))),
      { shift: 'none' },
    )
  const [X, Z] = [rows(n), rows(1000)]
  const y = Float64Array.from({ length: n }, () => rng.integer(0, 1))
  const deep = new DeepNTKClassifier({ depth: 20, ridge: 1e-6 })
  const limit = new DeepNTKClassifier({ depth: Infinity })
  const finite = cpuTime(() => deep.fit(X, y)).time
  const infinite = cpuTime(() => limit.fit(X, y)).time
  const predicting = cpuTime(() => limit.predict(Z)).time
  console.log(`| ${n} | ${shown(finite)} | ${shown((n * n * 8) / 1e6)} | ${shown(infinite)} | ${shown(predicting)} |`)
}
numpy?.stop()
tangents?.stop()

if (Number.isFinite(ratio))
  console.log(
    `\n- 1e5 pairs, depth 20, cubic: ${shown(ratio)} times the time of numpy, target 2: ${ratio <= 2 ? 'met' : 'not met'}`,
  )
const versions = [numpy, tangents].filter(Boolean).map(({ version }) => version)
console.log(
  `\n${versions.length > 0 ? `${versions.join('; ')}; one thread.` : NO_PEER}${versions.length === 1 && !tangents ? ' neural-tangents is not installed (npm run bench:peers).' : ''} Medians of interleaved runs.`,
)
