// What Biome cannot check: every package has the same files and fields, dependencies point down,
// and library code gives the same bits in every engine.
// node scripts/checks/lint.mjs
import { allPackages } from '../lib/packages.mjs'
import { dependencyProblems } from './dependencies.mjs'
import { manifestProblems } from './manifests.mjs'
import { sourceProblems } from './sources.mjs'

const packages = allPackages()
const problems = [manifestProblems, dependencyProblems, sourceProblems].flatMap((check) => check(packages))
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`${packages.length} packages keep the rules`)
