/** Finds the shifts at which every block sends its surplus away, by Newton's method. */
export declare function balance(logW: Float64Array, surplus: Float64Array): Float64Array;
//# sourceMappingURL=balance.d.ts.map