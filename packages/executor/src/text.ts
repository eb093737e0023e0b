const LONGEST = 2000

/** Describes what was thrown. A task may throw anything, even values without a text; this never throws. */
export function textOf(thrown: unknown): string {
  for (const say of [message, plain, json, fields]) {
    const text = attempt(say, thrown)
    if (typeof text === 'string' && text !== '') return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
  }
  return 'something that cannot be shown'
}

function attempt(say: (thrown: unknown) => unknown, thrown: unknown): unknown {
  try {
    return say(thrown)
  } catch {
    return undefined
  }
}

const message = (thrown: unknown) => (thrown as { message?: unknown } | null | undefined)?.message

/** Returns the text of a value, unless it is '[object Object]' or the like. */
function plain(thrown: unknown): string | undefined {
  const text = String(thrown)
  return text.startsWith('[object ') ? undefined : text
}

function json(thrown: unknown): string | undefined {
  const text = JSON.stringify(thrown)
  return text === '{}' ? undefined : text
}

function fields(thrown: unknown): string {
  const names = Reflect.ownKeys(thrown as object).map(String)
  return names.length === 0 ? 'an object without fields' : `an object with ${names.slice(0, 10).join(', ')}`
}

/** Shows an argument in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : brief(value)
}

/** Shows a name from outside in a message: shortened, with control characters escaped. */
export function brief(name: unknown): string {
  const text = typeof name === 'string' ? name : String(name)
  const cut = text.length > 200 ? `${text.slice(0, 200)}...` : text
  return cut.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Characters that must not reach a terminal. */
const CONTROL = /\p{Cc}/gu
