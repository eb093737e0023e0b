// Adds up the test results of all packages; the last line is "N passed, N failed".
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readJson, root, testedFolders } from '../lib/packages.mjs'

let passed = 0
let failed = 0
let skipped = 0
for (const folder of testedFolders()) {
  const name = relative(root, folder)
  const file = join(folder, 'test-results', 'jest.json')
  if (!existsSync(file)) {
    failed++
    console.error(`${name}: no test result`)
    continue
  }
  const result = readJson(file)
  passed += result.numPassedTests
  failed += result.numFailedTests
  skipped += result.numPendingTests + result.numTodoTests
  for (const suite of result.testResults) {
    // A suite that failed to load has no assertions of its own to count.
    if (suite.status === 'failed' && suite.assertionResults.length === 0) failed++
    if (suite.status === 'failed') console.error(`${name}: ${suite.message}`)
  }
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
