// What Biome cannot check: every package has the same files and fields, dependencies point down,
// library code gives the same bits in every engine, and published text uses words that readers know.
// node scripts/checks/lint.mjs
import { allPackages } from '../lib/packages.mjs'
import { dependencyProblems } from './dependencies.mjs'
import { manifestProblems } from './manifests.mjs'
import { proseProblems } from './prose.mjs'
import { sourceProblems } from './sources.mjs'

const packages = allPackages()
const problems = [manifestProblems, dependencyProblems, sourceProblems, proseProblems].flatMap((check) =>
  check(packages),
)
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`${packages.length} packages keep the rules`)
