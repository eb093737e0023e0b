// What the device can do in float32: fused multiply-adds in registers, in chains that do not wait for one another.
import { WORKGROUP } from '@opt/core'
import { secondsOf } from './timing.mjs'

const CHAINS = 8
const UNROLLED = 8

const chains = Array.from({ length: CHAINS }, (_, c) => `c${c}`)
const program = {
  name: 'chains',
  each: 'n',
  writes: ['out'],
  numbers: ['turns: u32', 'factor', 'summand'],
  body: `
  let x = vec4f(p.factor); let y = vec4f(p.summand);
  ${chains.map((c, k) => `var ${c} = vec4f(f32(i + ${k}u));`).join(' ')}
  for (var turn = 0u; turn < p.turns; turn++) {
    ${Array.from({ length: UNROLLED }, () => chains.map((c) => `${c} = fma(${c}, x, y);`).join(' ')).join('\n    ')}
  }
  let sum = ${chains.join(' + ')};
  out[i] = sum.x + sum.y + sum.z + sum.w;`,
}

/** Operations a second of so many workgroups, a fused multiply-add counted as two; `least` is the time of a measurement. */
export async function float32Peak(gpu, workgroups, least) {
  const n = workgroups * WORKGROUP
  const out = gpu.array(n)
  const flops = (turns) => 2 * 4 * CHAINS * UNROLLED * turns * n
  let [rate, turns] = [0, 1]
  // A call takes a tenth of `least`: long beside its start, and too short for a driver to end it.
  for (let step = 0; step < 4; step++) {
    const numbers = { n, turns, factor: 0.999, summand: 0.001 }
    const seconds = await secondsOf(gpu, () => gpu.run(program, { out }, numbers), least)
    rate = Math.max(rate, flops(turns) / seconds)
    const wanted = Math.ceil((turns * least) / 10 / seconds)
    if (wanted <= 2 * turns) break
    turns = wanted
  }
  out.free()
  return rate
}
