// jest loads this before each test file: property tests draw the same cases in every run.
// FAST_CHECK_SEED=7 draws others.
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) })
