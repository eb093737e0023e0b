/** A compute shader with what it reads, writes and is told; {@link wgsl} writes its declarations. */
export interface Program {
  name: string
  /** Arrays it reads, `name` of float32 or `name: u32`. */
  reads?: readonly string[]
  /** Arrays it writes, and may read. */
  writes?: readonly string[]
  /** What it is told, fields of `p`: `name: f32` or `name: u32`. */
  numbers?: readonly string[]
  /** Threads of a workgroup. Default 256. */
  threads?: number
  /** WGSL beside `main`. */
  helpers?: string
  /** The body of `main`: `group` is the workgroup's number, `t` the thread's number in it. */
  body: string
}

export const THREADS = 256

/** One thread for each of p.n places `k`. */
export const EACH: string = `
  let k = group * ${THREADS}u + t;
  if (k >= p.n) { return; }`

const typed = (name: string) => (name.includes(':') ? name.split(/: */) : [name, 'f32']) as [string, string]

/** Is the number `name: f32`? */
export const isFloat = (number: string): boolean => typed(number)[1] === 'f32'

const DECLARE = `
var<workgroup> parts: array<f32, 256>;
`

const BY_MEMORY = (name: string, merge: string) => `
fn ${name}(value: f32, t: u32) -> f32 {
  parts[t] = value;
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    if (t < half) { let x = parts[t]; let y = parts[t + half]; parts[t] = ${merge}; }
    workgroupBarrier();
  }
  let all = parts[0];
  workgroupBarrier();
  return all;
}
`

const BY_SUBGROUP = (name: string, merge: string, within: string) => `
fn ${name}(value: f32, t: u32) -> f32 {
  let part = ${within}(value);
  if (t % lanes == 0u) { parts[t / lanes] = part; }
  workgroupBarrier();
  var x = parts[0];
  for (var k = 1u; k < ${THREADS}u / lanes; k++) { let y = parts[k]; x = ${merge}; }
  workgroupBarrier();
  return x;
}
`

/** `sum_all` and `max_all`: one value of each of the 256 threads put together, in a fixed order; every thread gets the result. */
const reductions = (subgroups: boolean): string =>
  DECLARE +
  (subgroups
    ? `var<private> lanes: u32;${BY_SUBGROUP('sum_all', 'x + y', 'subgroupAdd')}${BY_SUBGROUP('max_all', 'max(x, y)', 'subgroupMax')}`
    : BY_MEMORY('sum_all', 'x + y') + BY_MEMORY('max_all', 'max(x, y)'))

/** The whole WGSL of a program. Its first number is how many workgroups are wanted, which the device says. */
export function wgsl(program: Program, subgroups: boolean): string {
  const { reads = [], writes = [], numbers = [], threads = THREADS, helpers = '', body } = program
  const array = (access: string, first: number) => (name: string, k: number) => {
    const [word, type] = typed(name)
    return `@group(0) @binding(${first + k}) var<storage, ${access}> ${word}: array<${type}>;`
  }
  const reduces = /\b(sum|max)_all\b/.test(helpers + body)
  const lanes = reduces && subgroups
  return `${lanes ? 'enable subgroups;' : ''}
struct Numbers { ${['workgroups_wanted: u32', ...numbers].map((n) => typed(n).join(': ')).join(', ')} }
@group(0) @binding(0) var<uniform> p: Numbers;
${reads.map(array('read', 1)).join('\n')}
${writes.map(array('read_write', 1 + reads.length)).join('\n')}
${reduces ? reductions(subgroups) : ''}
${helpers}
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) t: u32,
  ${lanes ? '@builtin(subgroup_size) size: u32,' : ''}
) {
  ${lanes ? 'lanes = size;' : ''}
  let group = workgroup.x + workgroup.y * workgroups.x;
  if (group >= p.workgroups_wanted) { return; }
  ${body}
}`
}

const memory = new Map<string, Program>()

/** One program for each name: what a device has compiled it finds again. */
export function remembered(name: string, make: () => Omit<Program, 'name'>): Program {
  let program = memory.get(name)
  if (!program) memory.set(name, (program = { name, ...make() }))
  return program
}
