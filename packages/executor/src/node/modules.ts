import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkModules } from '../task.ts'

/** What the names in tasks stand for: URLs, or paths, which start from the folder that the process was started in. */
export type NodeModules = Readonly<Record<string, string | URL>>

/**
 * The URLs of an operator's modules, settled once: neither a task nor the folder of this package has a say in where a
 * path leads.
 *
 * @throws {TypeError} if modules is not an object from names to URLs and paths
 */
export function settleModules(owner: string, modules: NodeModules | undefined): Record<string, string> | undefined {
  if (modules === undefined) return undefined
  checkModules(owner, modules, 'paths')
  return Object.fromEntries(Object.entries(modules).map(([name, place]) => [name, settle(place)]))
}

function settle(place: string | URL): string {
  const text = typeof place === 'string' ? place : place.href
  return isAbsolute(text) || !/^[a-z][a-z\d+.-]+:/i.test(text) ? pathToFileURL(resolve(text)).href : text
}
