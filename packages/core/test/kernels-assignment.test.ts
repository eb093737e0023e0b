import { allocate, random } from '../src/index.ts'
import { assignmentKernels } from '../src/kernels/assignment.ts'

const [ROWS, COLUMNS] = [23, 37]
const LENGTHS = [0, 1, 2, 3, 7, 8, 9, 16, 37]

const workspace = (plain: boolean) =>
  allocate(
    [assignmentKernels],
    (views) => ({
      C: views.f64(ROWS * COLUMNS),
      u: views.f64(COLUMNS),
      v: views.f64(COLUMNS),
      rowOf: views.i32(COLUMNS),
      columnOf: views.i32(COLUMNS),
      lengths: views.f64(COLUMNS),
      before: views.i32(COLUMNS),
      ended: views.f64(2 * COLUMNS),
    }),
    { plain },
  )

/** A whole assignment by one form of the kernels: everything they write. */
function solve({ kernels, ...views }: ReturnType<typeof workspace>, C: Float64Array, rows: number, columns: number) {
  const { u, v, rowOf, columnOf, lengths, before, ended } = views
  views.C.set(C)
  for (const x of [u, v, lengths, before, ended]) x.fill(0)
  for (const x of [rowOf, columnOf]) x.fill(-1)
  const answers: number[] = []
  for (let i = 0; i < rows; i++) answers.push(kernels.reduceRow(columns, i, 30, views.C, u, v, rowOf, columnOf))
  for (let i = 0; i < rows; i++)
    if (columnOf[i] < 0)
      answers.push(kernels.augment(columns, i, views.C, u, v, rowOf, columnOf, lengths, before, ended))
  return [answers, ...[u, v, rowOf, columnOf, lengths, before].map((x) => [...x])]
}

test.each(['real', 'whole', 'few', 'forbidden'])('both forms find the same pairs and prices: %s', (kind) => {
  const [fast, plain] = [workspace(false), workspace(true)]
  const rng = random(11)
  const entry = () => {
    if (kind === 'real') return rng.normal()
    if (kind === 'whole') return rng.integer(0, 9)
    return kind === 'few' ? rng.integer(0, 2) : rng.uniform() < 0.6 ? Infinity : rng.integer(0, 4)
  }
  for (let round = 0; round < 300; round++) {
    const columns = Math.max(1, LENGTHS[round % LENGTHS.length])
    const rows = Math.min(ROWS, columns, 1 + rng.integer(0, columns))
    const C = Float64Array.from({ length: rows * columns }, entry)
    expect(solve(fast, C, rows, columns)).toEqual(solve(plain, C, rows, columns))
  }
})
