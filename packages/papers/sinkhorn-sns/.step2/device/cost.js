const INDICES = `
fn row_at(i: u32) -> u32 { return i; }
fn column_at(j: u32) -> u32 { return j; }`;
const MATRIX = {
    kind: 'matrix',
    reads: ['C'],
    numbers: ['ldc: u32'],
    wgsl: `${INDICES}
fn cost(i: u32, j: u32) -> f32 { return C[i * p.ldc + j]; }`,
};
/** Coordinates that fit into a vector of the device. */
const VECTOR = 4;
/** The distance of points, computed anew wherever it is needed. */
function distances({ metric, dimension: d }) {
    const root = (sum) => (metric === 'euclidean' ? `sqrt(${sum})` : sum);
    const common = { kind: `${metric} of ${d}`, reads: ['X', 'Y'], numbers: ['scale'] };
    if (d > VECTOR) {
        const term = metric === 'cityblock' ? 'abs(v)' : 'v * v';
        const sum = `for (var k = 0u; k < ${d}u; k++) { let v = X[i * ${d}u + k] - Y[j * ${d}u + k]; sum += ${term}; }`;
        const cost = `fn cost(i: u32, j: u32) -> f32 { var sum = 0.0; ${sum} return p.scale * ${root('sum')}; }`;
        return { ...common, wgsl: `${INDICES}\n${cost}` };
    }
    const type = d === 1 ? 'f32' : `vec${d}f`;
    const read = (array) => Array.from({ length: d }, (_, k) => `${array}[${d}u * at + ${k}u]`).join(', ');
    const absolute = d === 1 ? 'abs(v)' : `dot(abs(v), ${type}(1.0))`;
    const square = d === 1 ? 'v * v' : 'dot(v, v)';
    const sum = metric === 'cityblock' ? absolute : square;
    return {
        ...common,
        wgsl: `
fn row_at(at: u32) -> ${type} { return ${type}(${read('X')}); }
fn column_at(at: u32) -> ${type} { return ${type}(${read('Y')}); }
fn cost(x: ${type}, y: ${type}) -> f32 { let v = x - y; return p.scale * ${root(sum)}; }`,
    };
}
/** Numbers of a matrix that are written at a time. */
const BLOCK = 1 << 20;
/** Puts the cost of a problem on the device: its points alone where it has them, else the matrix. */
export function deviceCost(backend, scope, problem) {
    const { points } = problem.cost;
    return points ? pointCost(scope, problem, points) : matrixCost(backend, scope, problem);
}
function pointCost(scope, { rows, columns, scale }, points) {
    const { dimension } = points;
    const [x, y] = [pick(points.x, rows, dimension), pick(points.y, columns, dimension)];
    // Centred on the mean of x, where float32 is finest.
    const middle = new Float64Array(dimension);
    for (let i = 0; i < x.length; i++)
        middle[i % dimension] += x[i] / rows.length;
    const upload = (values) => scope.array(Float32Array.from(values, (v, i) => v - middle[i % dimension]));
    return { access: distances(points), arrays: { X: upload(x), Y: upload(y) }, numbers: { scale } };
}
/** The points of these indices. */
function pick(points, indices, dimension) {
    const picked = new Float64Array(indices.length * dimension);
    indices.forEach((i, k) => picked.set(points.subarray(i * dimension, (i + 1) * dimension), k * dimension));
    return picked;
}
function matrixCost(backend, scope, problem) {
    const [n, m] = [problem.a.length, problem.b.length];
    const C = scope.array(n * m);
    const rows = Math.max(1, Math.floor(BLOCK / m));
    const block = new Float64Array(rows * m);
    for (let i = 0; i < n; i += rows) {
        const end = Math.min(n, i + rows);
        problem.writeCost(block, m, i, end);
        backend.write(C, Float32Array.from(block.subarray(0, (end - i) * m)), i * m);
    }
    return { access: MATRIX, arrays: { C }, numbers: { ldc: m } };
}
//# sourceMappingURL=cost.js.map