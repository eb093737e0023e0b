// Library code gives the same bits in every engine, and uses Node's API only in files under src/node.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../lib/packages.mjs'

// Functions whose bits differ between engines, and random numbers without a seed.
const ENGINE =
  /\bMath\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot|random)\b/
/** The same by way of `const { exp } = Math`. */
const UNPACKED = /\{([^}]*)\} = Math\b/
const POWER = /[\w)\]] \*\* /
const NODE = /from 'node:|import\('node:|\brequire\(|\bprocess\.|\bBuffer\b/
const NODE_FILE = /(^|[/\\])node([/\\]|[.-][^/\\]*$|\.ts$)/
const TOP_AWAIT = /^await /m

/** The command line alone may do all this. */
const isLibrary = ({ manifest }) => !manifest.private && manifest.name !== '@opt/cli'

export function sourceProblems(packages) {
  return packages
    .filter(isLibrary)
    .flatMap(({ folder }) => sources(join(folder, 'src')).flatMap((file) => [...fileProblems(folder, file)]))
}

const sources = (src) =>
  readdirSync(src, { recursive: true })
    .filter((name) => /\.ts$/.test(name))
    .sort()
    .map((name) => join(src, name))

function* fileProblems(folder, file) {
  const text = readFileSync(file, 'utf8')
  const isNodeFile = NODE_FILE.test(relative(join(folder, 'src'), file))
  if (TOP_AWAIT.test(text)) yield `${relative(root, file)}: a top-level await breaks require()`
  for (const [i, line] of text.split('\n').entries()) {
    const code = line.replace(/^\s*(\*|\/\/|\/\*).*$/, '').replace(/\/\/ .*$/, '')
    const at = `${relative(root, file)}:${i + 1}`
    const names = UNPACKED.exec(code)?.[1].split(',') ?? []
    const calls = [code, ...names.map((name) => `Math.${name.split(':')[0].trim()}`)].filter((call) =>
      ENGINE.test(call),
    )
    for (const call of calls) yield `${at}: ${ENGINE.exec(call)[0]} differs between engines; use the core's own`
    if (POWER.test(code)) yield `${at}: ** differs between engines; multiply, or use the core's pow`
    if (NODE.test(code) && !isNodeFile) yield `${at}: only files under src/node may use Node's own API`
  }
}
