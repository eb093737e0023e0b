import { join } from 'node:path'

/** The jest configuration of every package: native ES modules, TypeScript by swc, tests in test/. */
export default {
  rootDir: process.cwd(),
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: [join(import.meta.dirname, 'scripts', 'lib', 'property-seed.mjs')],
  transform: {
    '\\.ts$|/packages/.*/dist/.*\\.js$': [
      join(import.meta.dirname, 'scripts', 'lib', 'jest-transform.mjs'),
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  testTimeout: 600_000,
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*wasm*.ts'],
  coverageProvider: 'v8',
  coverageReporters: ['json', 'text-summary'],
}
