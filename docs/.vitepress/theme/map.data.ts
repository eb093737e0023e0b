import { type PackageMap, packageMap } from '../map.ts'

declare const data: PackageMap

export { data }

export default {
  watch: ['../../../packages/{,papers/}*/package.json'],
  load: packageMap,
}
