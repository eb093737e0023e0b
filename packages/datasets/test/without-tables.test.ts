import { jest } from '@jest/globals'
import { breastCancer, DataAbsentError, diabetes, digits, openData, wine } from '../src/index.ts'

jest.unstable_mockModule('@opt/datasets-tables', () => {
  throw new Error('not installed')
})

const kept = process.env.OPT_DATA_DIR
afterEach(() => {
  if (kept === undefined) delete process.env.OPT_DATA_DIR
  else process.env.OPT_DATA_DIR = kept
})

test.each([
  { load: digits, name: 'digits', files: 'digits.csv (or digits.csv.gz)' },
  { load: wine, name: 'wine', files: 'wine_data.csv (or wine_data.csv.gz)' },
  { load: breastCancer, name: 'breastCancer', files: 'breast_cancer.csv (or breast_cancer.csv.gz)' },
  {
    load: diabetes,
    name: 'diabetes',
    files: 'diabetes_data_raw.csv (or diabetes_data_raw.csv.gz) and diabetes_target.csv (or diabetes_target.csv.gz)',
  },
])('$name names both ways', async ({ load, name, files }) => {
  const cure = `Run "npm install @opt/datasets-tables", or put ${files} into a folder and give it as option folder or OPT_DATA_DIR.`
  delete process.env.OPT_DATA_DIR
  const error = await load().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(DataAbsentError)
  expect(error).toMatchObject({
    code: 'OPT_DATA_ABSENT',
    message: `${name}: the data are not here (no folder was given and OPT_DATA_DIR is not set). ${cure}`,
    cause: { message: 'not installed' },
  })
  const message = `${name}: the data are not here (looked in /nowhere). ${cure}`
  await expect(load({ folder: '/nowhere' })).rejects.toThrow(message)
  process.env.OPT_DATA_DIR = '/nowhere/too'
  await expect(load()).rejects.toThrow('looked in /nowhere/too')
})

test('openData needs a folder', () => {
  delete process.env.OPT_DATA_DIR
  expect(() => openData('')).toThrow('openData: folder must be the path of a folder, got ""')
  expect(() => openData()).toThrow(DataAbsentError)
})
