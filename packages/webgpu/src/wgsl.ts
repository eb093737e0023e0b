import { type Program, WORKGROUP } from '@opt/core'

/** A declared array or number. */
export interface Declaration {
  name: string
  type: string
}

/** What a program declares, in the order of its bindings and numbers. */
export interface Declarations {
  reads: Declaration[]
  writes: Declaration[]
  numbers: Declaration[]
}

function declaration(text: string): Declaration {
  const [name, type = 'f32'] = text.split(/: */)
  return { name, type }
}

/** Reads off a program what it declares. */
export function declarations({ reads = [], writes = [], numbers = [], each, stop }: Program): Declarations {
  return {
    reads: [...reads, ...(stop ? ['stop: u32'] : [])].map(declaration),
    writes: writes.map(declaration),
    numbers: [...(each ? [`${each}: u32`] : []), ...numbers].map(declaration),
  }
}

const BY_MEMORY = (name: string, merge: string) => `
fn ${name}(value: f32, t: u32) -> f32 {
  parts[t] = value;
  workgroupBarrier();
  for (var half = ${WORKGROUP / 2}u; half > 0u; half /= 2u) {
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
  for (var k = 1u; k < ${WORKGROUP}u / lanes; k++) { let y = parts[k]; x = ${merge}; }
  workgroupBarrier();
  return x;
}
`

/**
 * `sum_all` and `max_all`: one value of each thread of a workgroup, reduced in a fixed order; every thread gets the
 * result.
 */
const reductions = (subgroups: boolean): string => `
var<workgroup> parts: array<f32, ${WORKGROUP}>;
${
  subgroups
    ? `var<private> lanes: u32;${BY_SUBGROUP('sum_all', 'x + y', 'subgroupAdd')}${BY_SUBGROUP('max_all', 'max(x, y)', 'subgroupMax')}`
    : BY_MEMORY('sum_all', 'x + y') + BY_MEMORY('max_all', 'max(x, y)')
}`

/** Writes the WGSL of a program. Its first number, which the device adds, is the number of workgroups asked for. */
export function wgsl(program: Program, subgroups: boolean): string {
  const { each, stop, threads = WORKGROUP, helpers = '', body } = program
  const { reads, writes, numbers } = declarations(program)
  const field = ({ name, type }: Declaration) => `${name}: ${type}`
  const array = (access: string, first: number) => (declared: Declaration, k: number) =>
    `@group(0) @binding(${first + k}) var<storage, ${access}> ${declared.name}: array<${declared.type}>;`
  const reduces = /\b(sum|max)_all\b/.test(helpers + body)
  const lanes = reduces && subgroups
  return `${lanes ? 'enable subgroups;' : ''}
struct Numbers { ${['workgroups_wanted: u32', ...numbers.map(field)].join(', ')} }
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
  ${stop ? 'if (stop[0] != 0u) { return; }' : ''}
  ${each ? `let i = group * ${threads}u + t;\n  if (i >= p.${each}) { return; }` : ''}
  ${body}
}`
}
