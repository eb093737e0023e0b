declare module 'virtual:demos' {
  import type { Demo } from '@opt/core'
  export const demos: Record<string, () => Promise<{ default: Demo }>>
}

declare module '*.vue' {
  import type { DefineComponent } from 'vue'

  const component: DefineComponent
  export default component
}

declare module '*.css'
