/** Pairs of rows and columns between which mass may move: 1 or 0, row-major. */
export interface Allowed {
    rows: number;
    columns: number;
    table: Uint8Array;
}
/** A flow: for each column, how much it has from which row, and the masses that are left on both sides. */
export interface Flow {
    sent: Map<number, number>[];
    supply: Float64Array;
    demand: Float64Array;
}
/** Makes a flow of nothing. */
export declare const noFlow: (a: Float64Array, b: Float64Array) => Flow;
/**
 * Sends as much more as the allowed pairs can carry, along shortest augmenting paths, on which earlier mass may be
 * rerouted (Dinic 1970).
 */
export declare function sendMost(allowed: Allowed, flow: Flow): void;
//# sourceMappingURL=flow.d.ts.map