import { conjugateGradient } from '@opt/core';
import { keepEntries, transposeInto } from './sparsify.js';
/** Up to this share of the entries a sparse matrix costs less than the whole plan. */
export const SPARSE_SHARE = 0.1;
/** Lays out the arrays of a {@link NewtonDirection}. */
export function directionViews(rows, columns, views) {
    const entries = Math.ceil(SPARSE_SHARE * rows * columns);
    const sparse = (n, m) => ({
        rows: n,
        columns: m,
        indptr: views.i32(n + 1),
        indices: views.i32(entries),
        values: views.f64(entries),
    });
    const small = () => views.f64(Math.min(rows, columns));
    return {
        kept: sparse(rows, columns),
        transposed: sparse(columns, rows),
        dx: views.f64(rows),
        dy: views.f64(columns),
        large: views.f64(Math.max(rows, columns)),
        scratch: [small(), small(), small(), small()],
    };
}
/**
 * Computes the Newton direction of the potential with only some of P's entries kept:
 *
 *     1/epsilon [diag(r)  A; A'  diag(c)] (dx, dy) = (a - r, b - c)
 *
 * by conjugate gradients on the Schur complement of the smaller side. A is P without its small entries, but the
 * diagonal keeps the full sums r and c: so the matrix stays positive semidefinite and every direction ascends.
 */
export class NewtonDirection {
    dx;
    dy;
    #plan;
    #views;
    #next;
    constructor(plan, views) {
        this.#plan = plan;
        this.#views = views;
        this.dx = views.dx;
        this.dy = views.dy;
        this.#next = new Int32Array(plan.columns);
    }
    /**
     * Computes dx and dy from the entries of at least `threshold`, or from all of P when it is null. Returns the number
     * of CG iterations.
     */
    compute(threshold, tolerance) {
        const { rows, columns, epsilon, kernels } = this.#plan;
        const { P, a, b, r, c } = this.#plan.views;
        const { kept, transposed, large } = this.#views;
        const wide = rows <= columns;
        const sparse = threshold !== null;
        if (sparse) {
            keepEntries(P, threshold, kept);
            transposeInto(kept, transposed, this.#next);
        }
        // The equations are the same on either side: s is the smaller one, l the larger.
        const [ds, dl] = wide ? [this.dx, this.dy] : [this.dy, this.dx];
        const [ms, ml, ss, sl] = wide ? [a, b, r, c] : [b, a, c, r];
        const [toSmall, toLarge] = wide ? [kept, transposed] : [transposed, kept];
        const multiply = (A, x, y) => {
            if (sparse)
                kernels.spmv(A.rows, A.indptr, A.indices, A.values, x, y);
            else if (A === kept)
                kernels.gemv(P, x, y);
            else {
                y.fill(0);
                kernels.gemvT(P, x, y);
            }
        };
        for (let k = 0; k < dl.length; k++)
            large[k] = (ml[k] - sl[k]) / sl[k];
        multiply(toSmall, large, ds);
        const rhs = ds.map((y, i) => epsilon * (ms[i] - ss[i] - y));
        if (!sparse)
            balance(rhs, ss);
        const schur = {
            rows: ds.length,
            columns: ds.length,
            apply(x, out) {
                multiply(toLarge, x, large);
                for (let k = 0; k < dl.length; k++)
                    large[k] /= sl[k];
                multiply(toSmall, large, out);
                for (let i = 0; i < ds.length; i++)
                    out[i] = ss[i] * x[i] - out[i];
            },
        };
        const jacobi = sparse ? sparseDiagonal(toSmall, ss, sl) : this.#denseDiagonal(ss, sl);
        const { x, iterations } = conjugateGradient(schur, rhs, {
            preconditioner: jacobi,
            tolerance,
            maxIterations: 1000,
            scratch: this.#views.scratch,
            history: false,
        });
        ds.set(x);
        centre(ds);
        multiply(toLarge, ds, large);
        for (let k = 0; k < dl.length; k++)
            dl[k] = (epsilon * (ml[k] - sl[k]) - large[k]) / sl[k];
        return iterations;
    }
    #denseDiagonal(ss, sl) {
        const { rows, columns, data, stride } = this.#plan.views.P;
        const wide = rows <= columns;
        const squares = new Float64Array(ss.length);
        for (let i = 0; i < rows; i++)
            for (let j = 0, k = i * stride; j < columns; j++, k++) {
                if (wide)
                    squares[i] += (data[k] * data[k]) / sl[j];
                else
                    squares[j] += (data[k] * data[k]) / sl[i];
            }
        return inverseDiagonal(ss, squares);
    }
}
function sparseDiagonal({ indptr, indices, values }, ss, sl) {
    const squares = new Float64Array(ss.length);
    for (let i = 0; i < ss.length; i++)
        for (let k = indptr[i]; k < indptr[i + 1]; k++)
            squares[i] += (values[k] * values[k]) / sl[indices[k]];
    return inverseDiagonal(ss, squares);
}
/** Inverse of the Schur complement's diagonal, which cancellation may leave at or below 0. */
const inverseDiagonal = (ss, squares) => ss.map((s, i) => 1 / Math.max(s - squares[i], 1e-14 * s));
/**
 * Projects a right-hand side onto the range of a singular matrix, where rounding has left it: with all of P, moving
 * every row alike does nothing.
 */
function balance(rhs, weights) {
    let [sum, size, total] = [0, 0, 0];
    for (let i = 0; i < rhs.length; i++) {
        sum += rhs[i];
        size += Math.abs(rhs[i]);
        total += weights[i];
    }
    if (Math.abs(sum) > 1e-9 * size)
        for (let i = 0; i < rhs.length; i++)
            rhs[i] -= (sum / total) * weights[i];
}
/** Takes out a common move that is far larger than the others: it changes nothing but the digits left for them. */
function centre(d) {
    let [low, high] = [Infinity, -Infinity];
    for (const v of d) {
        if (v < low)
            low = v;
        if (v > high)
            high = v;
    }
    const middle = (low + high) / 2;
    if (Math.abs(middle) > 100 * (high - low))
        for (let i = 0; i < d.length; i++)
            d[i] -= middle;
}
//# sourceMappingURL=newton-direction.js.map