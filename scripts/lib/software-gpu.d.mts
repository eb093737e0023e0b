export declare const softwareGpu: Record<string, string>
export declare const SOFTWARE_GPU_FLAGS: string[]
export declare const NO_GPU: RegExp
