import { advance, begin, complement, curvature, divide, eliminate, invert, judge, measure, reciprocal, Scalar, substitute, turn, } from './direction-programs.js';
/** Iterations between two looks at the residual. */
const BATCH = 8;
const AT_MOST = 1000;
/**
 * Computes Newton's direction of the transport potential, by conjugate gradients on the Schur complement of the smaller
 * side, all on the device:
 *
 *     1/epsilon [diag(r)  A; A'  diag(c)] (dx, dy) = (a - r, b - c)
 *
 * The scalars stay there too: `stop` makes what follows the last iteration do nothing. Returns the number of
 * iterations.
 */
export async function newtonDirection(backend, sides, multiply, { epsilon, tolerance, stop }) {
    const [small, large] = sides.rows.length <= sides.columns.length ? ['rows', 'columns'] : ['columns', 'rows'];
    const { length: n, mass: m, marginal: s, direction: x } = sides[small];
    const { length: nl, mass: ml, marginal: sl, direction: dl } = sides[large];
    const scope = backend.scope();
    try {
        const [r, z, d, q, M, squares] = Array.from({ length: 6 }, () => scope.array(n));
        const big = scope.array(nl);
        const scalars = scope.array(Scalar.length);
        backend.clear(stop);
        backend.run(reciprocal, { s: sl, out: big }, { n: nl });
        multiply(small, big, squares, true);
        backend.run(invert, { s, squares, M }, { n });
        backend.run(eliminate, { m: ml, s: sl, large: big }, { n: nl });
        multiply(small, big, q);
        backend.run(begin, { m, s, y: q, M, x, r, z, d }, { n, epsilon });
        backend.run(measure, { r, z, scalars, stop }, { n }, 1);
        let iterations = 0;
        for (let k = 0; k < AT_MOST; k += BATCH) {
            for (let i = 0; i < BATCH; i++) {
                multiply(large, d, big);
                backend.run(divide, { s: sl, large: big, stop }, { n: nl });
                multiply(small, big, q);
                backend.run(complement, { s, x: d, q, stop }, { n });
                backend.run(curvature, { d, q, scalars, stop }, { n }, 1);
                backend.run(advance, { d, q, M, scalars, x, r, z, stop }, { n });
                backend.run(judge, { r, z, scalars, stop }, { n, tolerance }, 1);
                backend.run(turn, { z, scalars, d, stop }, { n });
            }
            const [numbers, stopped] = await backend.readAll([scalars, stop]);
            iterations = numbers[Scalar.iterations];
            if (new Uint32Array(stopped.buffer)[0] !== 0)
                break;
        }
        backend.clear(stop);
        multiply(large, x, big);
        backend.run(substitute, { m: ml, s: sl, large: big, d: dl }, { n: nl, epsilon });
        return iterations;
    }
    finally {
        scope.free();
    }
}
//# sourceMappingURL=newton-direction.js.map