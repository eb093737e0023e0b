// Which package stands on which, read from the packages' dependencies.
import { join } from 'node:path'
import { readJson } from '../../scripts/lib/packages.mjs'
import { type SitePackage, sitePackages } from './packages.ts'

/** A package in the map; `needs` are the packages that it installs with, `extras` its optional peers. */
export interface Place {
  name: string
  /** The paper's title, or what the package is. */
  about: string
  needs: string[]
  extras: string[]
}

export interface PackageMap {
  /** The papers by topic, then what brings them to other programs. */
  groups: { title: string; places: Place[] }[]
  /** The packages that papers stand on; the one that most packages need comes last. */
  floor: Place[]
}

const manifestOf = ({ folder }: SitePackage) => readJson(join(folder, 'package.json'))

/** Returns the map of all packages of the site except commands. */
export function packageMap(): PackageMap {
  const packages = sitePackages().filter((one) => !manifestOf(one).bin)
  const ours = (dependencies = {}) =>
    packages.filter(({ name }) => `@opt/${name}` in dependencies).map(({ name }) => name)
  const places = new Map<SitePackage, Place>()
  for (const one of packages) {
    const { dependencies, peerDependencies } = manifestOf(one)
    const about = one.paper?.title ?? one.summary
    places.set(one, { name: one.name, about, needs: ours(dependencies), extras: ours(peerDependencies) })
  }
  const uses = (name: string) =>
    [...places].filter(([{ paper }, { needs, extras }]) => paper && [...needs, ...extras].includes(name)).length
  const others = packages.filter(({ paper }) => !paper)
  const floor = others.filter(({ name }) => uses(name) > 0).sort((a, b) => uses(a.name) - uses(b.name))
  const bridges = others.filter((one) => !floor.includes(one))

  const of = (chosen: SitePackage[]) => chosen.map((one) => places.get(one)!)
  const papers = packages.filter(({ paper }) => paper)
  const groups = [...new Set(papers.map(({ topic }) => topic))].map((title) => ({
    title,
    places: of(papers.filter(({ topic }) => topic === title)),
  }))
  return { groups: [...groups, { title: 'bridges and applications', places: of(bridges) }], floor: of(floor) }
}
