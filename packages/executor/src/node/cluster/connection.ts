import type { RedisOptions } from 'ioredis'
import { shown } from '../../text.ts'

/**
 * Where Redis is: a URL (`redis://:password@host:6379/0`, `rediss://` for TLS), the path of a Unix socket, or ioredis'
 * options with a `host`, a `path` or `sentinels`.
 */
export type RedisConnection = string | URL | RedisOptions

/** A connection, checked. */
export interface Address {
  readonly options: RedisOptions
  /** Where Redis is, for messages: no credentials. */
  readonly place: string
  /** Removes credentials from a text of Redis or of the network. */
  readonly clean: (text: string) => string
}

/**
 * Reads where Redis is. A value that names no place is refused; it never means localhost.
 *
 * @throws {TypeError} whose message repeats nothing of the value, which may hold a password
 */
export function readConnection(owner: string, connection: unknown): Address {
  const refuse = (given: string): never => {
    const allowed = 'a redis:// or rediss:// URL or options with a host'
    throw new TypeError(`${owner}: connection must be ${allowed}, got ${given}`)
  }
  const href = typeof connection === 'string' ? connection : hrefOf(connection)
  if (href !== undefined) return addressOf(/^\/(?!\/)/.test(href) ? socketOptions(href) : urlOptions(href, refuse))
  if (typeof connection !== 'object' || connection === null || Array.isArray(connection))
    return refuse(shown(connection))
  const options = connection as RedisOptions
  const { host, path, port, sentinels } = options
  if (Array.isArray(sentinels) && sentinels.length > 0) return addressOf(options)
  if (typeof path === 'string' && path !== '') return addressOf(options)
  if (host === undefined || host === '') refuse('an object without a host')
  // A URL given as a host would otherwise be looked up, and so revealed to the name server.
  if (typeof host !== 'string' || !/^[\w.:%-]+$/.test(host)) refuse('an object whose host is no name or address')
  if (port !== undefined && !isPort(port)) refuse('an object whose port is no number from 1 to 65535')
  return addressOf(options)
}

function hrefOf(connection: unknown): string | undefined {
  const href = (connection as { href?: unknown } | null | undefined)?.href
  return typeof href === 'string' ? href : undefined
}

/** Reads `/run/redis.sock?db=1`, as ioredis does. */
function socketOptions(text: string): RedisOptions {
  const [path, query = ''] = text.split('?', 2)
  return { ...queryOptions(new URLSearchParams(query)), path: path! }
}

function urlOptions(text: string, refuse: (given: string) => never): RedisOptions {
  if (text === '') refuse('""')
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) refuse('a string that does not begin with redis:// or rediss://')
  if (scheme !== 'redis' && scheme !== 'rediss') refuse(`a URL that begins with ${scheme}://`)
  const options = parseUrl(text)
  if (options === undefined)
    refuse('a URL that cannot be read; in a password, write / as %2F, # as %23, ? as %3F, @ as %40 and % as %25')
  if (options!.host === undefined) refuse('a URL without a host')
  return scheme === 'rediss' ? { tls: {}, ...options } : options!
}

function parseUrl(text: string): RedisOptions | undefined {
  try {
    const { username, password, hostname, port, pathname, search, searchParams, hash } = new URL(text)
    // A password that contains / ? or # ends the host too early, and no database number follows.
    if (!/^(\/\d*)?$/.test(pathname) || hash !== '' || search.includes('@') || port === '0') return undefined
    return {
      ...queryOptions(searchParams),
      ...(hostname !== '' && { host: hostname.replace(/^\[|\]$/g, '') }),
      ...(port !== '' && { port: Number(port) }),
      ...(pathname.length > 1 && { db: Number(pathname.slice(1)) }),
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
    }
  } catch {
    return undefined
  }
}

/** Reads the options in a query; two of them are numbers. */
function queryOptions(query: URLSearchParams): RedisOptions {
  const numbers = new Set(['family', 'db'])
  return Object.fromEntries([...query].map(([name, value]) => [name, numbers.has(name) ? Number(value) : value]))
}

const isPort = (port: unknown): boolean => /^\d+$/.test(String(port)) && Number(port) >= 1 && Number(port) <= 65535

function addressOf(options: RedisOptions): Address {
  const { host, path, port = 6379, name, sentinels } = options
  const place = sentinels ? `sentinel ${name}` : (path ?? `${host!.includes(':') ? `[${host}]` : host}:${port}`)
  return { options, place, clean: cleaner(options) }
}

/** Returns a function that removes credentials: Redis repeats commands it does not understand, and names users. */
function cleaner({ username, password, sentinelUsername, sentinelPassword }: RedisOptions): (text: string) => string {
  const secrets = [username, password, sentinelUsername, sentinelPassword]
    .filter((secret) => typeof secret === 'string' && secret !== '' && secret !== 'default')
    .flatMap((secret) => [secret!, encodeURIComponent(secret!)])
    .sort((a, b) => b.length - a.length)
  return (text) =>
    secrets.reduce((left, secret) => left.replaceAll(secret, '***'), text.replace(/, with args beginning with:.*/s, ''))
}
