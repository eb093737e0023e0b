import { appendFileSync } from 'node:fs'

/** Leaves a mark each time it runs. */
export async function counted({ file, x, ms }) {
  appendFileSync(file, '.')
  await new Promise((resolve) => setTimeout(resolve, ms))
  return x
}
