export const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))

export const bytes = (text: string) => new TextEncoder().encode(text)

/** Bytes of numbers in a byte order. */
export function packed(values: (number | bigint)[], size: number, put: string, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * size))
  const write = view[put as 'setUint8'].bind(view) as (at: number, value: number | bigint, little: boolean) => void
  values.forEach((value, k) => write(k * size, value, little))
  return new Uint8Array(view.buffer)
}

/** Runs a parser on damaged input: its value, or undefined when it refused by a RangeError that names it. */
export async function survives<T>(parse: () => T | Promise<T>, names: RegExp): Promise<T | undefined> {
  try {
    return await parse()
  } catch (error) {
    const { name, message } = error as Error
    if (name !== 'RangeError' || !names.test(message)) throw error
    return undefined
  }
}
