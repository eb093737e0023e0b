import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findPaper, papers } from '../src/index.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

test('every paper of the real catalogue can be found and has all its fields', () => {
  for (const paper of papers) {
    expect(findPaper(papers, paper.name)).toBe(paper)
    expect(paper.module).toBe(`@opt/${paper.name}/experiment`)
    for (const value of [paper.title, paper.topic, paper.summary, paper.authors[0]]) expect(value).not.toBe('')
  }
  expect(() => findPaper(papers, 'sinkhorn')).toThrow(
    'findPaper: name must be the name of a paper, got "sinkhorn"; did you mean sinkhorn-sns?',
  )
})

describe('scripts/jobs/catalogue.mjs in a repository of its own', () => {
  let repository: string
  const manifest = {
    name: '@opt/toy',
    version: '1.0.0',
    opt: {
      paper: "A Toy's Paper",
      authors: ['A'],
      year: 2020,
      venue: 'ICML',
      arXiv: '',
      topic: 'optimizers',
      tasks: ['x'],
      summary: 'a | b',
    },
  }
  const write = (file: string, content: unknown) => {
    mkdirSync(join(repository, file, '..'), { recursive: true })
    writeFileSync(join(repository, file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  const read = (file: string) => readFileSync(join(repository, file), 'utf8')
  const catalogue = (...words: string[]) =>
    spawnSync(process.execPath, [join(repository, 'scripts', 'jobs', 'catalogue.mjs'), ...words], { encoding: 'utf8' })

  beforeEach(() => {
    repository = mkdtempSync(join(tmpdir(), 'opt-catalogue-'))
    for (const script of ['jobs/catalogue.mjs', 'lib/packages.mjs'])
      cpSync(join(ROOT, 'scripts', script), join(repository, 'scripts', script))
    symlinkSync(join(ROOT, 'node_modules'), join(repository, 'node_modules'))
    write('biome.json', { javascript: { formatter: { quoteStyle: 'single', semicolons: 'asNeeded' } } })
    write('packages/cli/package.json', { dependencies: { '@opt/toy': 'workspace:^' } })
    write('packages/cli/src/catalogue.ts', '')
    write('packages/papers/toy/package.json', manifest)
    write('README.md', '# Title\n<!-- catalogue -->\nold\n<!-- /catalogue -->\nend\n')
  })
  afterEach(() => rmSync(repository, { recursive: true }))

  test('writes module and README table, and then finds nothing stale', () => {
    expect(catalogue('--check')).toMatchObject({ status: 1, stderr: expect.stringContaining('catalogue.ts is stale') })
    expect(read('packages/cli/src/catalogue.ts')).toBe('')
    expect(catalogue()).toMatchObject({ status: 0, stdout: 'The catalogue has 1 paper\n' })
    expect(read('packages/cli/src/catalogue.ts')).toContain(
      "'@opt/toy/experiment': () => import('@opt/toy/experiment')",
    )
    expect(read('README.md')).toBe(
      [
        '# Title\n',
        '<!-- catalogue -->\n',
        '### Optimizers\n',
        '| package                         | paper                    | what it does |',
        '| ------------------------------- | ------------------------ | ------------ |',
        "| [@opt/toy](packages/papers/toy) | A Toy's Paper, ICML 2020 | a \\| b       |\n",
        '<!-- /catalogue -->',
        'end\n',
      ].join('\n'),
    )
    expect(catalogue('--check')).toMatchObject({ status: 0, stderr: '' })
  })

  test('adds the papers to the dependencies of the CLI, in order', () => {
    write('packages/cli/package.json', { name: 'cli', dependencies: { '@opt/core': 'workspace:^', cac: '1' } })
    expect(catalogue('--check').stderr).toContain('packages/cli/package.json is stale')
    expect(catalogue().status).toBe(0)
    const { name, dependencies } = JSON.parse(read('packages/cli/package.json'))
    expect(name).toBe('cli')
    expect(Object.keys(dependencies)).toEqual(['@opt/core', '@opt/toy', 'cac'])
  })

  test('says which field is missing', () => {
    write('packages/papers/toy/package.json', {
      ...manifest,
      opt: { ...manifest.opt, year: undefined, tasks: 'x', topic: 'new' },
    })
    const { status, stderr } = catalogue('--check')
    expect(status).toBe(1)
    expect(stderr).toContain('packages/papers/toy: lacks "opt": { "year" }')
    expect(stderr).toContain('packages/papers/toy: opt.tasks is not a list')
    expect(stderr).toContain('packages/papers/toy: opt.topic is not one of optimizers; learning rates')
  })
})
