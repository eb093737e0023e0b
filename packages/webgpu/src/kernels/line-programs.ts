import { type Program, sharedProgram, WORKGROUP } from '@opt/core'

/** Sums along the rows or columns of a matrix that is computed entry by entry. */
export interface LineSum {
  /** A unique name. */
  name: string
  /** Sums along columns rather than rows. */
  across?: boolean
  /** Computes log sum exp(entry / epsilon) instead of the sum; the numbers then include `epsilon` and `inverse`. */
  logarithmic?: boolean
  /** Arrays and numbers that the entry uses, and arrays that it writes. */
  reads: readonly string[]
  writes?: readonly string[]
  numbers?: readonly string[]
  /** WGSL that returns the entry of row i and column j; called once for each. */
  entry: string
  /** WGSL of the first place of a line and of the one after its last, if they differ from line to line. */
  places?: readonly [string, string]
  /**
   * WGSL that uses the sum `all` of a `line`; with `logarithmic` all is logarithms vec2f(largest entry, sum of
   * exponentials below it).
   */
  finish: { reads?: readonly string[]; writes: readonly string[]; numbers?: readonly string[]; body: string }
}

/**
 * Compensated sums (Kahan 1965), four side by side. A compiler may reorder float arithmetic, and would find the
 * compensation to be zero: `opaque` hides a value from it, by means of a zero that it does not know.
 */
const OPAQUE = `
fn opaque(x: vec4f) -> vec4f { return bitcast<vec4f>(bitcast<vec4u>(x) ^ vec4u(p.zero)); }
`
const ADD = `let more = opaque(sum + y); rest = opaque(more - sum) - y; sum = more;`

/**
 * Adds four entries to the sums. The top moves by at least epsilon: few moves, few roundings, and no exponential
 * above e.
 */
const add = (logarithmic: boolean | undefined, four: string) =>
  logarithmic
    ? `let d = ${four};
      let most = max(max(d.x, d.y), max(d.z, d.w));
      if (most > top + p.epsilon) { let fall = exp((top - most) * p.inverse); sum *= fall; rest *= fall; top = most; }
      let y = exp((d - top) * p.inverse) - rest; ${ADD}`
    : `let y = ${four} - rest; ${ADD}`

/** `sum_lanes` or `max_lanes`: reduces one value of each thread of a line. */
function tree(name: string, merge: string, lanes: number, across: boolean): string {
  if (lanes === WORKGROUP) return `fn ${name}_lanes(value: f32, t: u32) -> f32 { return ${name}_all(value, t); }`
  const lines = WORKGROUP / lanes
  const [half, least, own, first] = across
    ? [WORKGROUP / 2, lines, 't', `t % ${lines}u`]
    : [lanes / 2, 1, `t % ${lanes}u`, `t - t % ${lanes}u`]
  return `
fn ${name}_lanes(value: f32, t: u32) -> f32 {
  shares[t] = value;
  workgroupBarrier();
  for (var half = ${half}u; half >= ${least}u; half /= 2u) {
    if (${own} < half) { let x = shares[t]; let y = shares[t + half]; shares[t] = ${merge}; }
    workgroupBarrier();
  }
  let all = shares[${first}];
  workgroupBarrier();
  return all;
}`
}

/** Lists each declaration once. */
const once = (...declarations: readonly (readonly string[])[]): string[] => [...new Set(declarations.flat())]

const pair = (logarithmic: boolean | undefined) => (logarithmic ? 'parts_of: vec2f' : 'parts_of')

/**
 * Sums lines by `lanes` threads each. The threads of a row lie side by side, those of a column a row apart, so
 * that either way neighbours read neighbours. With `split` a line comes in parts, for {@link finishProgram}.
 */
export const sumProgram = (sum: LineSum, lanes: number, split: boolean): Program =>
  sharedProgram(`${sum.name}, ${lanes} threads a line${split ? ', in parts' : ''}`, () => {
    const { across = false, logarithmic, finish } = sum
    const lines = WORKGROUP / lanes
    const at = (step: number) => `entry(${across ? `j + ${step}u, line` : `line, j + ${step}u`})`
    const four = `vec4f(${[0, 1, 2, 3].map((k) => at(k * lanes)).join(', ')})`
    const [from, to] = sum.places ?? ['part * p.chunk', 'min(p.length, (part + 1u) * p.chunk)']
    const [line, lane] = across ? [`t % ${lines}u`, `t / ${lines}u`] : [`t / ${lanes}u`, `t % ${lanes}u`]
    const nothing = logarithmic ? 'p.nothing' : '0.0'
    return {
      reads: once(sum.reads, split ? [] : (finish.reads ?? [])),
      writes: once(sum.writes ?? [], split ? [pair(logarithmic)] : finish.writes),
      numbers: once(
        ['lines: u32', 'length: u32', 'chunk: u32', 'blocks: u32', 'zero: u32', 'nothing: f32'],
        sum.numbers ?? [],
        split ? [] : (finish.numbers ?? []),
      ),
      helpers: `${OPAQUE}
fn entry(i: u32, j: u32) -> f32 { ${sum.entry} }
${lanes < WORKGROUP ? `var<workgroup> shares: array<f32, ${WORKGROUP}>;` : ''}
${tree('sum', 'x + y', lanes, across)}
${logarithmic ? tree('max', 'max(x, y)', lanes, across) : ''}`,
      body: `
  let part = group / p.blocks;
  let line = (group % p.blocks) * ${lines}u + ${line};
  let lane = ${lane};
  var sum = vec4f(); var rest = vec4f(); var top = -3e38;
  if (line < p.lines) {
    var j = ${from} + lane;
    let end = ${to};
    for (; j + ${3 * lanes}u < end; j += ${4 * lanes}u) { ${add(logarithmic, four)} }
    for (; j < end; j += ${lanes}u) { ${add(logarithmic, `vec4f(${at(0)}, vec3f(${nothing}))`)} }
  }
  let left = sum - rest;
  let own = (left.x + left.y) + (left.z + left.w);
  ${
    logarithmic
      ? `let high = max_lanes(top, t);
  let all = vec2f(high, sum_lanes(own * exp((top - high) * p.inverse), t));`
      : 'let all = sum_lanes(own, t);'
  }
  if (lane == 0u && line < p.lines) {
    ${split ? 'parts_of[part * p.lines + line] = all;' : finish.body}
  }`,
    }
  })

/** Combines the parts of each line. */
export const finishProgram = ({ name, logarithmic, finish }: LineSum): Program =>
  sharedProgram(`${name}, put together`, () => {
    const parts = (step: string) =>
      `for (var part = 0u; part < p.count; part++) { let one = parts_of[part * p.lines + line]; ${step} }`
    return {
      reads: once([pair(logarithmic)], finish.reads ?? []),
      writes: finish.writes,
      numbers: once(
        ['count: u32', 'zero: u32'],
        logarithmic ? ['inverse: f32', 'nothing: f32'] : [],
        finish.numbers ?? [],
      ),
      each: 'lines',
      helpers: OPAQUE,
      body: `
  let line = i;
  var sum = vec4f(); var rest = vec4f();
  ${
    logarithmic
      ? `var top = -3e38;
  ${parts('top = max(top, one.x);')}
  ${parts(`let y = vec4f(one.y * exp((one.x - top) * p.inverse), vec3f()) - rest; ${ADD}`)}
  let all = vec2f(top, sum.x - rest.x);`
      : `${parts(`let y = vec4f(one, vec3f()) - rest; ${ADD}`)}
  let all = sum.x - rest.x;`
  }
  ${finish.body}`,
    }
  })
