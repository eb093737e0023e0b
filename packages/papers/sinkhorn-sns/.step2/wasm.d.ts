export declare const wasm: string;
//# sourceMappingURL=wasm.d.ts.map