// Tasks that take their worker with them.
import { existsSync, writeFileSync } from 'node:fs'

export const exits = () => process.exit(3)

export function exitsOnce({ marker, x }) {
  if (x === 2 && !existsSync(marker)) {
    writeFileSync(marker, '')
    process.exit(3)
  }
  return x * x
}

export function killsProcess() {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => {})
}

export function killsProcessOnce({ marker, x }) {
  if (x === 2 && !existsSync(marker)) {
    writeFileSync(marker, '')
    return killsProcess()
  }
  return x * x
}

/** Dies of an error nobody catches. */
export function strays() {
  setTimeout(() => {
    throw new Error('stray')
  })
  return new Promise(() => {})
}

export function straysNull() {
  setTimeout(() => {
    throw null
  })
  return new Promise(() => {})
}
