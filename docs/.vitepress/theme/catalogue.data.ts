import { bundledBytes, type SitePackage, sitePackages } from '../packages.ts'

export type Entry = Omit<SitePackage, 'folder'> & { bytes: number | null }

declare const data: Entry[]

export { data }

export default {
  watch: ['../../../packages/**/package.json'],
  load: (): Promise<Entry[]> =>
    Promise.all(sitePackages().map(async ({ folder, ...shown }) => ({ ...shown, bytes: await bundledBytes(folder) }))),
}
