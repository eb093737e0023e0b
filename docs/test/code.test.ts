import { relative } from 'node:path'
import { codeBlocks } from '../../scripts/lib/code-blocks.mjs'
import { publishedPackages, root } from '../../scripts/lib/packages.mjs'
import { NO_GPU } from '../../scripts/lib/software-gpu.mjs'
import { type Block, type Ran, runBlocks } from './blocks.ts'
import { type Page, pages, twoAtATime } from './pages.ts'

const found: (Page & { blocks: Block[] })[] = pages().map((page) => ({ ...page, blocks: codeBlocks(page.text) }))
let ran: Ran[][]

/** All examples of all pages run before the first test; on a busy machine that takes more than ten minutes. */
const HOUR = 3_600_000

beforeAll(async () => {
  ran = await twoAtATime(found, ({ folder, blocks, files }) => runBlocks(folder, blocks, files))
}, HOUR)

describe('the code of every page runs and prints what the page says', () => {
  test.each(found.map(({ name, blocks }, k) => [name, blocks.length, k] as const))('%s: %i blocks', (_, count, k) => {
    const { blocks } = found[k]!
    expect(ran[k]).toHaveLength(count)
    ran[k]!.forEach(({ printed, error }, b) => {
      if (blocks[b]!.gpu && NO_GPU.test(error))
        return void process.stderr.write(`a block skipped: ${NO_GPU.exec(error)![0]}\n`)
      expect(error).toBe('')
      if (blocks[b]!.output !== null) expect(printed).toBe(blocks[b]!.output!.trim())
    })
  })

  test('every published paper has an example with its output', () => {
    const papers = new Set(
      publishedPackages()
        .filter(({ paper }) => paper)
        .map(({ folder }) => relative(root, folder)),
    )
    const silent = found.filter(({ name, blocks }) => papers.has(name) && !blocks.some(({ output }) => output))
    expect(papers.size).toBeGreaterThan(0)
    for (const name of papers) expect(found.map((page) => page.name)).toContain(name)
    expect(silent.map(({ name }) => name)).toEqual([])
  })
})

describe('the runner', () => {
  test('sees a wrong output and a thrown error', async () => {
    const page = '```js\nconsole.log(1 + 1)\n```\n\n```text\n3\n```\n\n```js\nthrow new Error("no")\n```\n'
    const [sum, thrown] = await runBlocks(found[0]!.folder, codeBlocks(page))
    expect(sum).toEqual({ printed: '2', error: '' })
    expect(thrown!.error).toContain('Error: no')
  })

  test('gives a block the files named before it, and leaves out what is marked', async () => {
    const page = [
      '```js\n// two.js\nexport const two = 2\n```',
      "```js\nimport { two } from './two.js'\nconsole.log(two)\n```",
      '<!-- skip: it never ends -->\n\n```js\nfor (;;);\n```',
    ].join('\n\n')
    const ran = await runBlocks(found[0]!.folder, codeBlocks(page))
    expect(ran).toEqual([
      { printed: '', error: '' },
      { printed: '2', error: '' },
    ])
  })
})
