/** 2048 bytes between the constants and the workspaces, for a kernel to use during a call. */
export const SCRATCH: usize = 2048
