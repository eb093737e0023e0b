import { type Case, findings, fuzz } from '../src/index.ts'

/** Fuzzes a careless function whose faults are known. */
async function faults(f: unknown, given: Case): Promise<string> {
  const found = await findings('f', f, given, { calls: 100_000 })
  return found.map(({ call, fault }) => `${call} -> ${fault}`).join('\n')
}

const finite = (x: unknown): boolean => Array.isArray(x) && Array.from(x).every(Number.isFinite) && !Object.isFrozen(x)

const refuse = (ok: boolean): void => {
  if (!ok) throw new TypeError('f: x must be something else')
}

function half(x: number): number {
  refuse(Number.isFinite(x))
  return x / 2
}

describe('finds', () => {
  test('what is not refused', async () => {
    const text = await faults(
      (x: number) => (x > 0 ? 1 : 2),
      () => [1],
    )
    expect(text).toContain("f: argument 0 = 'text' -> is not refused")
    expect(text).toContain('f: argument 0 = NaN -> is not refused')
    expect(text).toContain('f: argument 0 = 7n -> is not refused')
    expect(text).not.toContain('undefined')
  })

  test('options that are ignored', async () => {
    const scaled = ({ scale = 1 }: { scale?: number }) => scale
    const args = () => [{ scale: 2 }]
    const fault = 'f: argument 0 with an unknown option -> is not refused'
    expect(await faults(scaled, args)).toContain(fault)
    expect(await faults(scaled, { args, open: ['0'] })).not.toContain('unknown option')
    const strict = (given: object) => refuse(Object.keys(given).every((name) => name === 'scale'))
    expect(await faults(strict, args)).not.toContain('unknown option')
  })

  test('errors of the engine', async () => {
    expect(
      await faults(
        (x: number[]) => x.map(() => 1),
        () => [[1]],
      ),
    ).toContain('f: argument 0 = null -> throws TypeError: Cannot read properties of null')
  })

  test('numbers that are not finite, also in what is made', async () => {
    const square = (x: number) => {
      refuse(Number.isFinite(x))
      return { y: [x * x] }
    }
    expect(await faults(square, () => [1])).toContain('f: argument 0 = 1e+300 -> .y[0] is Infinity')
    expect(await faults(square, { args: () => [1], nonFinite: 'overflows' })).toBe('')
    const late = (x: number) => {
      refuse(Number.isFinite(x))
      return { y: () => x * x, z: half }
    }
    const methods = { y: () => [], z: () => [1] }
    expect(await faults(late, { args: () => [1], methods })).toContain(
      'f: argument 0 = 1e+300 -> then y: the answer is Inf',
    )
  })

  test("changes of the caller's arrays", async () => {
    const change = (x: { y: number[] }) => {
      refuse(finite(x?.y))
      x.y[0] = 5
    }
    const text = await faults(change, () => [{ y: [1, 2] }])
    expect(text).toContain("f: argument 0 frozen -> changes the caller's argument 0.y")
    expect(await faults(change, { args: () => [{ y: [1, 2] }], open: ['0'], writes: ['0.y'] })).toBe('')
    const early = (x: number[], y: number) => {
      refuse(finite(x))
      x[0] = 5
      refuse(Number.isFinite(y))
    }
    expect(await faults(early, { args: () => [[1], 1], writes: ['0'] })).toContain(
      "f: argument 1 = NaN -> changes the caller's argument 0 and then throws",
    )
  })

  test('other answers for the same numbers', async () => {
    const first = (x: Float64Array) => {
      refuse(
        ArrayBuffer.isView(x) &&
          Object.prototype.toString.call(x) === '[object Float64Array]' &&
          x.every(Number.isFinite),
      )
      return x.buffer.byteLength
    }
    expect(await faults(first, () => [Float64Array.of(1, 2)])).toContain(
      'f: argument 0 as a part of a Float64Array -> the answer is 32 instead of 16',
    )
  })

  test('what becomes of callbacks', async () => {
    const swallow = (g: () => number) => {
      refuse(typeof g === 'function')
      try {
        return Number.isFinite(g()) ? 1 : 0
      } catch {
        return 2
      }
    }
    expect(await faults(swallow, () => [() => 1])).toBe(
      'f: argument 0 throws in call 1 -> loses what the callback threw',
    )
    const use = async (g: () => number[]) => {
      refuse(typeof g === 'function')
      return g().length
    }
    expect(await faults(use, () => [() => [1]])).toContain(
      'f: argument 0 returns null from call 1 on -> throws TypeError',
    )
  })

  test('methods and constructors, apart from each other', async () => {
    class F {
      readonly x: number
      constructor(x: number) {
        refuse(Number.isFinite(x))
        this.x = x
      }
      plus(y: number): number {
        return Math.min(this.x + y, 1)
      }
    }
    const text = await faults(F, { args: () => [1], methods: { plus: () => [2] } })
    expect(text).toContain("f.plus: argument 0 = 'text' -> is not refused")
    expect(text).not.toContain('new f')
  })

  test('an invalid valid call', async () => {
    expect(
      await faults(
        () => refuse(false),
        () => [],
      ),
    ).toBe('f, the valid call -> throws TypeError: f: x must be something else')
  })
})

test('the same seed tries the same calls', async () => {
  const f = (x: number) => `${x}`
  const some = (seed: number) => findings('f', f, () => [1], { seed, calls: 10 })
  expect(await some(1)).toEqual(await some(1))
  expect(await some(1)).not.toEqual(await some(2))
})

const solver = Object.assign((x: number) => half(x), { async: async (x: number) => half(x) })
fuzz({ solver, size: 3 }, { solver: { args: () => [3], says: ['f'] } })
