// Writes api/: one page of typed reference for each package, from the doc comments of its sources.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application } from 'typedoc'
import { publishedPackages } from '../../scripts/lib/packages.mjs'

const docs = dirname(dirname(fileURLToPath(import.meta.url)))
const work = join(docs, '.vitepress', 'cache', 'typedoc')
const out = join(docs, 'api')
/** As for the pages: OPT_DOCS_ONLY limits the reference to a few packages. */
const only = (process.env.OPT_DOCS_ONLY ?? '').split(',').filter(Boolean)
const packages = publishedPackages().filter(({ folder }) => only.length === 0 || only.includes(basename(folder)))
const quiet = {
  logLevel: 'Error',
  readme: 'none',
  disableGit: true,
  disableSources: true,
  excludeInternal: true,
  groupOrder: ['Functions', 'Classes', 'Variables', '*'],
}

/**
 * Returns the entries of a package except its experiment, as { name, file }: what users import, and
 * its source.
 */
const entries = ({ folder, manifest }) =>
  Object.entries(manifest.exports ?? {})
    .filter(([path, entry]) => entry.types && path !== './experiment')
    .map(([path, { types }]) => ({
      name: manifest.name + path.slice(1),
      file: join(folder, types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts')),
    }))
    .filter(({ file }) => existsSync(file))

async function converted(one) {
  const app = await Application.bootstrap({
    ...quiet,
    name: one.manifest.name,
    entryPoints: entries(one).map(({ file }) => file),
    basePath: join(one.folder, 'src'),
    tsconfig: join(one.folder, 'tsconfig.build.json'),
    compilerOptions: { noEmit: true },
    // Each package's own build checks the types, by a newer compiler than typedoc's.
    skipErrorChecking: true,
  })
  const project = await app.convert()
  if (!project) throw new Error(`typedoc cannot read ${one.manifest.name}`)
  project.packageName = one.manifest.name
  const file = join(work, `${one.manifest.name.replace('/', '+')}.json`)
  await app.generateJson(project, file)
  return file
}

rmSync(work, { recursive: true, force: true })
mkdirSync(work, { recursive: true })
const files = []
for (const one of packages) if (entries(one).length > 0) files.push(await converted(one))

rmSync(out, { recursive: true, force: true })
const app = await Application.bootstrapWithPlugins({
  ...quiet,
  name: 'API reference',
  entryPointStrategy: 'merge',
  entryPoints: files,
  plugin: ['typedoc-plugin-markdown'],
  outputs: [{ name: 'markdown', path: out }],
  outputFileStrategy: 'modules',
  entryFileName: 'modules',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  useCodeBlocks: true,
})
const project = await app.convert()
if (!project) throw new Error('typedoc cannot merge the packages')
await app.generateOutputs(project)
// A page of a package with several entries is headed by what one imports.
for (const one of packages)
  for (const { name, file } of entries(one)) {
    const page = join(out, one.manifest.name, relative(join(one.folder, 'src'), file).replace(/(\/index)?\.ts$/, '.md'))
    if (existsSync(page)) writeFileSync(page, readFileSync(page, 'utf8').replace(/^# .*/m, `# ${name}`))
  }
console.log(`API reference of ${files.length} packages`)
