import type { Allowed, Flow } from './flow.ts';
/** Rows (or columns) with more mass than all columns (or rows) they may exchange it with. */
export interface Obstacle {
    side: 'rows' | 'columns';
    these: number[];
    those: number[];
    mass: number;
    room: number;
}
/**
 * Looks for a proof that no plan has these marginals. When no more can be sent, the rows within reach of one that has
 * mass left may send to saturated columns only, and the other way round. Returns null if there is none.
 */
export declare function obstacle(allowed: Allowed, a: Float64Array, b: Float64Array, flow: Flow, tolerance: number): Obstacle | null;
/** Describes it in a sentence, with the caller's indices and masses. */
export declare function describe({ side, these, those, mass, room }: Obstacle, rows: Int32Array, columns: Int32Array, total: number): string;
//# sourceMappingURL=obstacle.d.ts.map