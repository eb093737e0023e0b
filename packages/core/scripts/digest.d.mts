export interface Digests {
  wasm: boolean
  values: Record<string, string>
}
export function digests(core: typeof import('../src/index.ts'), options?: { plain?: boolean }): Digests
