import type { DeviceArray } from '@opt/core';
/** Rows or columns of the plan. */
export type Side = 'rows' | 'columns';
/** F = f + epsilon log a and G = g + epsilon log b, each a pair of a multiple of a grid and a rest. */
export interface Pairs {
    F: DeviceArray;
    G: DeviceArray;
}
/** What a direction is computed from and into: masses, marginals and the two parts of the direction. */
export type Sides = Record<Side, {
    length: number;
    mass: DeviceArray;
    marginal: DeviceArray;
    direction: DeviceArray;
}>;
//# sourceMappingURL=sides.d.ts.map