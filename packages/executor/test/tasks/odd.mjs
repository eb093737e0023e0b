// Tasks that throw or return what is hard to pass on or to put into words.
const thrown = {
  text: () => 'no',
  nothing: () => undefined,
  nil: () => null,
  symbol: () => Symbol('why'),
  fn: () => () => 1,
  bare: () => Object.assign(Object.create(null), { f() {} }),
  bareData: () => Object.assign(Object.create(null), { code: 7 }),
  cycle: () => {
    const cycle = { f() {} }
    cycle.self = cycle
    return cycle
  },
  toStringThrows: () => ({
    f() {},
    toString() {
      throw new Error('not even this')
    },
  }),
  messageThrows: () => ({
    get message() {
      throw new Error('hidden')
    },
  }),
  messageIsNoText: () => Object.assign(new Error('x'), { message: { deep: () => 1 } }),
  getterThrows: () =>
    Object.defineProperty({}, 'x', {
      enumerable: true,
      get() {
        throw null
      },
    }),
  getterThrowsLater: () => {
    let reads = 0
    return Object.defineProperty({}, 'x', {
      enumerable: true,
      get() {
        if (reads++ > 0) throw new Error('read twice')
        return 1
      },
    })
  },
  proxy: () => new Proxy({}, {}),
  trappedProxy: () =>
    new Proxy(new Error('x'), {
      get() {
        throw new Error('trap')
      },
      getPrototypeOf() {
        throw new Error('trap')
      },
      ownKeys() {
        throw new Error('trap')
      },
    }),
  revokedProxy: () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  namedDomException: () => ({ [Symbol.toStringTag]: 'DOMException' }),
  domException: () => new DOMException('gone', 'AbortError'),
  errorWithFunction: () => Object.assign(new RangeError('far'), { f() {} }),
  errorWithOddCause: () => new Error('outer', { cause: Object.create(null, { f: { value() {}, enumerable: true } }) }),
  weak: () => new WeakMap(),
  promise: () => Promise.resolve(1),
  detached: () => {
    const array = new Float64Array(3)
    structuredClone(array.buffer, { transfer: [array.buffer] })
    return array
  },
  shared: () => new Float64Array(new SharedArrayBuffer(8)),
  port: () => new MessageChannel().port1,
  huge: () => 'x'.repeat(100_000),
}

export const kinds = Object.keys(thrown)

export function throws(kind) {
  throw thrown[kind]()
}

export async function rejects(kind) {
  throw thrown[kind]()
}

export const returns = (kind) => ({ value: thrown[kind]() })

export const returnsBare = (kind) => {
  const value = thrown[kind]()
  return kind === 'promise' ? { value } : value
}
