// JavaScript engines in which a check runs a script: Node, Bun and Deno as npm packages, browsers that this machine has.
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromiumPath } from './chromium.mjs'

const firefoxPath = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
  (path) => path && existsSync(path),
)

/** For a browser that never answers; a script that works is never that slow. */
const HOUR = 3_600_000

/** The policy of a page that forbids WebAssembly and the evaluation of text. */
const STRICT = "script-src 'self' 'unsafe-inline'"

/**
 * Runs a script that leaves text, or a promise of it, in globalThis.answer, in an engine that is an npm package; returns
 * null where the package cannot be installed.
 *
 * @param call What comes between the npm package and the file.
 */
async function byPackage(name, call, script) {
  const npx = (...args) => promisify(execFile)('npx', ['-y', '-p', name, call[0], ...args], { maxBuffer: 1 << 26 })
  if (!(await npx('--version').catch(() => null))) return null
  const scratch = mkdtempSync(join(tmpdir(), 'engine-'))
  try {
    const file = join(scratch, 'script.cjs')
    writeFileSync(file, `${script}\nPromise.resolve(globalThis.answer).then(console.log)`)
    const { stdout } = await npx(...call.slice(1), file)
    return stdout.trim().split('\n').at(-1)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** Runs a script that leaves text, or a promise of it, in globalThis.answer, as a worker of a page in a browser without a window. */
async function inBrowser(path, flags, policy, script) {
  const profile = mkdtempSync(join(tmpdir(), 'engine-'))
  let browser
  let server
  try {
    return await new Promise((resolve, reject) => {
      const headers = policy ? { 'content-security-policy': policy } : {}
      const page = `<!doctype html><meta charset="utf-8"><script>
        new Worker('script.js').onerror = ({ message }) => fetch('/failed', { method: 'POST', body: message })
      </script>`
      const code = `${script}\nPromise.resolve(globalThis.answer).then((body) => fetch('/answer', { method: 'POST', body }))`
      server = createServer((request, response) => {
        if (request.method === 'POST') {
          const parts = []
          request.on('data', (part) => parts.push(part))
          request.on('end', () => {
            response.end()
            const text = Buffer.concat(parts).toString()
            if (request.url === '/answer') resolve(text)
            else reject(new Error(`${path}: ${text}`))
          })
        } else if (request.url === '/script.js')
          response.writeHead(200, { ...headers, 'content-type': 'text/javascript; charset=utf-8' }).end(code)
        else response.writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8' }).end(page)
      })
      server.listen(0, '127.0.0.1', () => {
        const url = `http://127.0.0.1:${server.address().port}/`
        browser = spawn(path, [...flags(profile), url], { stdio: 'ignore', detached: true })
        browser.on('error', reject)
        browser.on('exit', (status) => reject(new Error(`${path} ended with ${status} before it answered`)))
      })
      setTimeout(() => reject(new Error(`${path} did not answer within an hour`)), HOUR).unref()
    })
  } finally {
    browser?.removeAllListeners('exit')
    // The whole group: browsers start processes of their own, which write into the profile until they end.
    if (browser?.pid && browser.exitCode === null) {
      const ended = new Promise((resolve) => browser.once('exit', resolve))
      process.kill(-browser.pid, 'SIGKILL')
      await ended
    }
    server?.closeAllConnections()
    server?.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
}

const chromiumFlags = (profile) => [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  `--user-data-dir=${profile}`,
]
const firefoxFlags = (profile) => ['--headless', '--no-remote', '--profile', profile]

const packaged = (name, version, ...call) => ({
  name,
  run: (script) => byPackage(`${call[0]}@${version}`, call, script),
  wasm: true,
  evaluates: true,
})
const browser = (name, path, flags) => ({
  name,
  run: async (script) => path && inBrowser(path, flags, '', script),
  wasm: true,
  evaluates: true,
})

/**
 * Engines as `{ name, run(script), wasm, evaluates }`: `run` returns the script's answer or, where this machine has no such
 * engine, nothing; `wasm` and `evaluates` say whether it may compile WebAssembly and evaluate text as code.
 */
export const engines = [
  packaged('Node 20', '20', 'node'),
  packaged('Node 24', '24', 'node'),
  {
    name: 'Node 24 without WebAssembly',
    run: (script) => byPackage('node@24', ['node'], `delete globalThis.WebAssembly\n${script}`),
    wasm: false,
    evaluates: true,
  },
  packaged('Bun', '1.4.5', 'bun', 'run'),
  packaged('Deno', '2.9.6', 'deno', 'run', '--no-lock'),
  browser('Chromium', chromiumPath, chromiumFlags),
  {
    name: 'Chromium under script-src',
    run: async (script) => chromiumPath && inBrowser(chromiumPath, chromiumFlags, STRICT, script),
    wasm: false,
    evaluates: false,
  },
  browser('Firefox', firefoxPath, firefoxFlags),
]
