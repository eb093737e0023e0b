export const kinds: string[]
