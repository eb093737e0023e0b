import { Deserializer, Serializer } from 'node:v8'

// Values travel as V8 writes them for structuredClone: every number to the bit (NaN, -0, Infinity), bigint, typed
// arrays with the buffers they share, Map, Set, Date, Error, cycles. `v8.serialize` would turn arrays into views on
// its own buffer; the bare Serializer keeps their buffers. The format is V8's, so versions of Node that talk to each
// other must know it: 20, 22 and 24 write the same.

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
