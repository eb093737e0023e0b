import { isNdArray, isVector } from './kinds.ts'

/** The contents of an answer by path: numbers as they are, of everything else its type. */
export type Leaves = Map<string, unknown>

const MOST = 20_000

/** Returns the leaves of an answer; entries of an ndarray in order, whatever its strides. */
export function leavesOf(answer: unknown): Leaves {
  const leaves: Leaves = new Map()
  const seen = new Set<unknown>()
  const visit = (x: unknown, path: string): void => {
    if (leaves.size > MOST) return
    if (typeof x === 'number' || typeof x !== 'object' || x === null) {
      leaves.set(path, typeof x === 'number' ? x : typeof x === 'string' ? `'${x}'` : typeof x)
      return
    }
    if (seen.has(x)) return
    seen.add(x)
    if (isNdArray(x)) {
      x.shape.forEach((length, d) => leaves.set(`${path}.shape.${d}`, length))
      entries(x, (v, i) => visit(v, `${path}[${i}]`))
    } else if (isVector(x)) for (let i = 0; i < x.length && leaves.size <= MOST; i++) visit(x[i], `${path}[${i}]`)
    else for (const key of Object.keys(x)) visit((x as Record<string, unknown>)[key], `${path}.${key}`)
  }
  visit(answer, '')
  return leaves
}

function entries(
  x: ReturnType<typeof Object> & { shape: number[]; get: (...at: number[]) => unknown },
  visit: (v: unknown, i: number) => void,
): void {
  let i = 0
  const walk = (at: number[]) => {
    if (at.length === x.shape.length) return visit(x.get(...at), i++)
    for (let k = 0; k < x.shape[at.length] && i <= MOST; k++) walk([...at, k])
  }
  walk([])
}

/** Returns the first difference between two answers, in words. */
export function difference(a: Leaves, b: Leaves): string | undefined {
  for (const [path, value] of a)
    if (!Object.is(value, b.get(path))) return `${path || 'the answer'} is ${b.get(path)} instead of ${value}`
  for (const path of b.keys()) if (!a.has(path)) return `${path} is new`
}

/** Returns the first number that is NaN or infinite, in words. */
export function notFinite(leaves: Leaves): string | undefined {
  for (const [path, value] of leaves)
    if (typeof value === 'number' && !Number.isFinite(value)) return `${path || 'the answer'} is ${value}`
}

/** Returns the first place where the valid call's answer has a number and this one another type, in words. */
export function otherSort(valid: Leaves, now: Leaves): string | undefined {
  for (const [path, value] of now)
    if (typeof valid.get(path) === 'number' && typeof value === 'string' && value !== 'undefined' && value !== 'object')
      return `${path || 'the answer'} is a ${value}, but a number in a valid call`
}
