// The pages whose code the tests run: every README, and the guides.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageFolders, root } from '../../scripts/lib/packages.mjs'

export const docs: string = dirname(dirname(fileURLToPath(import.meta.url)))

export interface Page {
  name: string
  /** The folder in which its code runs. */
  folder: string
  text: string
  /** The files that its code reads, by the names that the page gives them. */
  files?: Record<string, string>
}

const PICTURES = join(root, 'packages', 'datasets', 'test', 'pictures')
/** What stands for the reader's photographs in the root README. */
const PHOTOGRAPHS = {
  'city.jpg': join(PICTURES, 'progressive-restart-7.jpg'),
  'sunset.jpg': join(PICTURES, 'rgb-adobe-transform-0.jpg'),
}

export function pages(): Page[] {
  const readmes = (packageFolders() as string[])
    .map((folder) => ({ name: folder.slice(root.length + 1), folder, file: join(folder, 'README.md') }))
    .filter(({ file }) => existsSync(file))
  const guides = readdirSync(join(docs, 'guides'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => ({ name: `guides/${file}`, folder: docs, file: join(docs, 'guides', file) }))
  const front = { name: 'README.md', folder: docs, text: readFileSync(join(root, 'README.md'), 'utf8') }
  const others = [...readmes, ...guides].map(({ name, folder, file }) => ({
    name,
    folder,
    text: readFileSync(file, 'utf8'),
  }))
  return [{ ...front, files: PHOTOGRAPHS }, ...others]
}

/** Works on two inputs at a time and returns the results in order. */
export async function twoAtATime<T, R>(inputs: T[], work: (input: T) => Promise<R>): Promise<R[]> {
  const answers = new Array<R>(inputs.length)
  let next = 0
  const lane = async () => {
    while (next < inputs.length) {
      const k = next++
      answers[k] = await work(inputs[k]!)
    }
  }
  await Promise.all([lane(), lane()])
  return answers
}
