// Fingerprints of what the kernels, the elementary functions and the random numbers give on fixed inputs: equal in every engine.
const VECTOR = 203
const [M, N, K] = [37, 45, 70]

// Arguments of each kernel: numbers as they are, 'f64:n' a float64 view of n numbers ('+f64:n' of positive ones, 'work:n' scratch that
// is not looked at, 'spd:n' a positive definite n-by-n matrix), 'f32:n' and 'work32:n' their float32 twins.
const CALLS = {
  dot: [VECTOR, 'f64:203', 'f64:203'],
  axpy: [VECTOR, 0.3, 'f64:203', 'f64:203'],
  gemv: [M, N, 'f64:1776', 48, 'f64:45', 'f64:37'],
  gemvT: [M, N, 'f64:1776', 48, 'f64:37', 'f64:45'],
  gemm: [M, N, K, 0.7, 'f64:2590', K, 1, 'f64:3150', 1, K, 'f64:1665', N, 'work:7000'],
  syrk: [M, K, -1, 'f64:2590', K, 1, 'f64:1369', M, 'work:7000'],
  potrf: [150, 'spd:150', 150, 'work:30000'],
  trsv: [90, 'spd:90', 90, 'f64:90'],
  trsvT: [90, 'spd:90', 90, 'f64:90'],
  trsm: [90, 7, 'spd:90', 90, 'f64:630', 7, 'work:20000'],
  trsmT: [90, 7, 'spd:90', 90, 'f64:630', 7, 'work:20000'],
  spmv: [4, 'i32:0,3,3,8,9', 'i32:1,0,6,2,3,4,5,6,0', 'f64:9', 'f64:7', 'f64:4'],
  vexp: [VECTOR, 'f64:203', 'f64:203'],
  vlog: [VECTOR, '+f64:203', 'f64:203'],
  rowLse: [M, N, 'f64:1776', 48, 'f64:45', 0.1, 'f64:37', 'work:45'],
  colLse: [M, N, 'f64:1776', 48, 'f64:37', 0.1, 'f64:45', 'work:90'],
  softmaxRows: [M, N, 'f64:1776', 48, 'f64:1665', N],
  dot32: [VECTOR, 'f32:203', 'f32:203'],
  axpy32: [VECTOR, 0.3, 'f32:203', 'f32:203'],
  gemv32: [M, N, 'f32:1776', 48, 'f32:45', 'f32:37'],
  gemvT32: [M, N, 'f32:1776', 48, 'f32:37', 'f32:45'],
  gemm32: [M, N, K, 0.7, 'f32:2590', K, 1, 'f32:3150', 1, K, 'f32:1665', N, 'work32:7000'],
}
const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 5e-324, -3e-310, 1e-45, 1e300, 709.5, -745]

const bits = new Float64Array(1)
const words = new Uint32Array(bits.buffer)
/** FNV-1a over the bits of numbers; every NaN counts as one, since its bits are the engine's own. */
function hash(state, values) {
  for (const value of values) {
    bits[0] = value
    if (Number.isNaN(value)) words.set([0, 0x7ff80000])
    for (const word of words)
      for (let shift = 0; shift < 32; shift += 8) state = Math.imul(state ^ ((word >>> shift) & 255), 0x01000193)
  }
  return state >>> 0
}
const START = 0x811c9dc5
const hex = (state) => state.toString(16).padStart(8, '0')

function take(views, spec) {
  const [kind, size] = spec.replace('+', '').split(':')
  if (kind === 'i32') return views.i32(size.split(',').length)
  const n = Number(size)
  if (kind.endsWith('32')) return views.f32(n)
  return views.f64(kind === 'spd' ? n * n : n)
}

function fill(view, spec, rng, wild) {
  const [kind, size] = spec.replace('+', '').split(':')
  if (kind.startsWith('work')) return
  if (kind === 'i32') return view.set(size.split(',').map(Number))
  const n = Number(size)
  for (let i = 0; i < view.length; i++) {
    view[i] = spec.startsWith('+') ? rng.uniform(0.1, 2) : rng.uniform(-2, 2)
    if (kind === 'spd' && i % (n + 1) === 0) view[i] = 4 * n
    else if (wild && rng.uniform() < 0.03) view[i] = SPECIAL[rng.integer(0, SPECIAL.length)]
  }
}

/** The fingerprint of one kernel over tame and wild inputs. */
function kernelDigest(core, name, plain) {
  const specs = CALLS[name]
  let state = START
  for (const wild of [false, true]) {
    const rng = core.random(wild ? 2 : 1)
    const plan = (views) => ({ args: specs.map((spec) => (typeof spec === 'number' ? spec : take(views, spec))) })
    const { args, kernels } = core.allocate(plan, { plain })
    args.forEach((arg, i) => {
      if (typeof arg !== 'number') fill(arg, specs[i], rng, wild)
    })
    const result = kernels[name](...args)
    if (result !== undefined) state = hash(state, [result])
    args.forEach((arg, i) => {
      if (typeof arg !== 'number' && !specs[i].startsWith('work')) state = hash(state, arg)
    })
  }
  return hex(state)
}

const FUNCTIONS = [
  'exp',
  'log',
  'expm1',
  'log1p',
  'sinh',
  'cosh',
  'tanh',
  'sin',
  'cos',
  'tan',
  'atan',
  'asin',
  'acos',
  'erf',
  'erfc',
  'cbrt',
  'pow',
  'hypot',
  'gammaln',
]

/** Two thousand values of a function of one or two arguments. */
function functionDigest(core, name) {
  const rng = core.random(3)
  const values = Array.from({ length: 2000 }, (_, i) =>
    core[name](rng.uniform(-1, 1) * (1 + (i % 40)), rng.uniform(0, 3)),
  )
  return hex(hash(START, values))
}

/** { name: fingerprint } with the kernels, or with the plain ones; `wasm` says whether there is WebAssembly here. */
export function digests(core, { plain = false } = {}) {
  const rng = core.random(7)
  return {
    wasm: core.allocate(Object).kernels !== core.plainKernels,
    values: {
      ...Object.fromEntries(Object.keys(CALLS).map((name) => [name, kernelDigest(core, name, plain)])),
      ...Object.fromEntries(FUNCTIONS.map((name) => [name, functionDigest(core, name)])),
      normal: hex(
        hash(
          START,
          Array.from({ length: 2000 }, () => rng.normal()),
        ),
      ),
    },
  }
}
