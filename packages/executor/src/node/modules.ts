import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkModules } from '../task.ts'

/** Modules by the names that tasks use: URLs, or paths relative to the working directory at the start. */
export type NodeModules = Readonly<Record<string, string | URL>>

/**
 * Resolves an operator's modules to URLs, once: neither a task nor the folder of this package influences where a path
 * leads.
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
