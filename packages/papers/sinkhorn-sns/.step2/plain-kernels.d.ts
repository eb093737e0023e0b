export declare function histogram(m: number, n: number, P: Float64Array, ldp: number, floor: number, count: Int32Array, mass: Float64Array): number;
export declare function keep(m: number, n: number, P: Float64Array, ldp: number, threshold: number, starts: Int32Array, columns: Int32Array, values: Float64Array): number;
export declare function spmvT(m: number, starts: Int32Array, columns: Int32Array, values: Float64Array, x: Float64Array, y: Float64Array): void;
export declare function gibbsKept(m: number, starts: Int32Array, columns: Int32Array, C: Float64Array, ldc: number, f: Float64Array, g: Float64Array, epsilon: number, values: Float64Array, r: Float64Array, c: Float64Array): void;
export declare function rescaleKept(m: number, starts: Int32Array, columns: Int32Array, values: Float64Array, u: Float64Array, v: Float64Array, r: Float64Array, c: Float64Array): void;
export declare function squares(m: number, n: number, P: Float64Array, ldp: number, w: Float64Array, out: Float64Array): void;
export declare function squaresT(m: number, n: number, P: Float64Array, ldp: number, w: Float64Array, out: Float64Array): void;
//# sourceMappingURL=plain-kernels.d.ts.map