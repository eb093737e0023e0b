import type { Backend, DeviceArray } from '@opt/core';
import type { Side, Sides } from './sides.ts';
/** Multiplies with P or the entries kept of it, or with their squares. */
export type Multiply = (side: Side, x: DeviceArray, y: DeviceArray, square?: boolean) => void;
/**
 * Computes Newton's direction of the transport potential, by conjugate gradients on the Schur complement of the smaller
 * side, all on the device:
 *
 *     1/epsilon [diag(r)  A; A'  diag(c)] (dx, dy) = (a - r, b - c)
 *
 * The scalars stay there too: `stop` makes what follows the last iteration do nothing. Returns the number of
 * iterations.
 */
export declare function newtonDirection(backend: Backend, sides: Sides, multiply: Multiply, { epsilon, tolerance, stop }: {
    epsilon: number;
    tolerance: number;
    stop: DeviceArray;
}): Promise<number>;
//# sourceMappingURL=newton-direction.d.ts.map