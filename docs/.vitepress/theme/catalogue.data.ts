import { bundledBytes, exportedNames, type SitePackage, sitePackages } from '../packages.ts'

export type Entry = Omit<SitePackage, 'folder'> & { bytes: number | null; exports: string[] }

declare const data: Entry[]

export { data }

export default {
  watch: ['../../../packages/{,papers/}*/package.json'],
  load: (): Promise<Entry[]> =>
    Promise.all(
      sitePackages().map(async ({ folder, ...shown }) => ({
        ...shown,
        bytes: await bundledBytes(folder),
        exports: await exportedNames(folder),
      })),
    ),
}
