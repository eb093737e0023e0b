import { Deserializer, Serializer } from 'node:v8'
import type { Outcome } from '../../task.ts'

// Values are sent in V8's format of structuredClone: every number to the bit (NaN, -0, Infinity), bigint, typed arrays
// with shared buffers, Map, Set, Date, cycles. `v8.serialize` would turn arrays into views on its own buffer; the bare
// Serializer preserves their buffers. Node 20, 22, 24 and 26 read each other's output, except for errors with a cause
// written by Node 20.

/** @throws {Error} if the value holds something that cannot be cloned: a function, a symbol, shared memory */
export function encode(value: unknown): Buffer {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  return serializer.releaseBuffer()
}

export function decode(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes)
  deserializer.readHeader()
  return deserializer.readValue()
}

/** The parts of an error, which every version can read. */
interface ErrorParts {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly cause?: Thrown
}

type Thrown = { readonly parts: ErrorParts } | { readonly value: unknown }

const DEEPEST_CAUSE = 10

export function encodeOutcome(outcome: Outcome): Buffer {
  return encode('error' in outcome ? { thrown: takeApart(outcome.error) } : outcome)
}

export function decodeOutcome(bytes: Uint8Array): Outcome {
  try {
    const outcome = decode(bytes) as Exclude<Outcome, { error: unknown }> | { thrown: Thrown }
    return 'thrown' in outcome ? { error: putTogether(outcome.thrown) } : outcome
  } catch (cause) {
    return { error: new TypeError(`Node ${process.version} cannot read what the worker process sent`, { cause }) }
  }
}

function takeApart(error: unknown, depth = 0): Thrown {
  if (!isError(error)) return { value: error }
  const { name, message, stack = '', cause } = error
  const parts = { name, message, stack }
  if (cause === undefined || depth === DEEPEST_CAUSE) return { parts }
  return { parts: { ...parts, cause: takeApart(cause, depth + 1) } }
}

function putTogether(thrown: Thrown): unknown {
  if ('value' in thrown) return thrown.value
  const { name, message, stack, cause } = thrown.parts
  const Kind = KINDS.find((kind) => kind.name === name) ?? Error
  const error = cause === undefined ? new Kind(message) : new Kind(message, { cause: putTogether(cause) })
  error.stack = stack
  return error
}

const KINDS = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]

const isError = (thrown: unknown): thrown is Error => Object.prototype.toString.call(thrown) === '[object Error]'
