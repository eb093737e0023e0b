import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import ndarray from 'ndarray'

/**
 * Returns a hash of everything that `speak` says, to the last bit of every number: 16 hexadecimal digits. NaN and
 * infinities count as one. Runs in every engine.
 *
 *     expect(digest((say) => say(solve(problem)))).toBe('3bef6f74f63fe5eb')
 */
export function digest(speak: (say: (value: unknown) => void) => void): string {
  const hash = sha256.create()
  const text = (value: unknown) => JSON.stringify(value, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as never) : v))
  speak((value) => hash.update(utf8ToBytes(text(value))))
  return bytesToHex(hash.digest()).slice(0, 16)
}

/** What is called of an optimizer of @opt/optimizers. */
interface Stepping {
  step(gradients: object): unknown
  state(): unknown
}

/**
 * Returns the digest of a 6 x 4 matrix in float64, a vector in float32 and the state of an optimizer, after each of
 * twelve steps.
 *
 *     optimizerDigest((parameters) => new Lion(parameters, { learningRate: 0.01 }))
 */
export function optimizerDigest(make: (parameters: object) => Stepping): string {
  const numbers = (n: number, phase: number) =>
    Array.from({ length: n }, (_, i) => ((i * 37 + phase * 11) % 23) / 7 - 1.5)
  const tensors = (phase: number) => ({
    weight: ndarray(Float64Array.from(numbers(24, phase)), [6, 4]),
    bias: Float32Array.from(numbers(5, phase + 3)),
  })
  return digest((say) => {
    const parameters = tensors(0)
    const optimizer = make(parameters)
    for (let t = 1; t <= 12; t++) {
      optimizer.step(tensors(t))
      say([parameters.weight.data, parameters.bias, optimizer.state()])
    }
  })
}
