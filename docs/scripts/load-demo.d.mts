import type { Demo } from '@opt/core'

export declare function loadDemo(folder: string): Promise<Demo>
