import { readFileSync } from 'node:fs'

/**
 * Reads `golden/<name>` beside the calling test.
 *
 * @param test `import.meta.url` of the test.
 * @param name file name with its extension: `golden<Trajectory[]>(import.meta.url, 'adam.json')`.
 */
// biome-ignore lint/suspicious/noExplicitAny: without a type parameter the file is read as it is
export function golden<T = any>(test: string, name: string): T {
  return JSON.parse(readFileSync(new URL(`golden/${name}`, test), 'utf8')) as T
}
