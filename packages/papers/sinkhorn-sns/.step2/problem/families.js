import { callback, exp, number, options as optionsOf, refuse, show, vector, } from '@opt/core';
import ndarray from 'ndarray';
import { gridCostOf, pairwiseCost, scaled } from './costs.js';
/** Draws the paper's random assignment: costs uniform on [0, 1), equal masses 1 / n. */
export function randomAssignment(n, rng) {
    number(n, 'randomAssignment: n', { integer: true, min: 1 });
    callback(rng?.uniform, 'randomAssignment: rng.uniform');
    return {
        cost: ndarray(Float64Array.from({ length: n * n }, () => rng.uniform()), [n, n]),
        a: new Float64Array(n).fill(1 / n),
        b: new Float64Array(n).fill(1 / n),
    };
}
/**
 * Makes the paper's image problem: two grey pictures of one size as histograms over their pixels, with the cost between
 * pixels divided by its maximum.
 *
 * @param x height * width nonnegative pixels, row by row.
 * @param y as many of the other picture.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function imagePair(x, y, options) {
    const { height, width, metric = 'sqeuclidean', floor = 0.01, } = optionsOf(options, 'imagePair: options', ['height', 'width', 'metric', 'maxPixel', 'floor']);
    number(height, 'imagePair: height', { integer: true, min: 1 });
    number(width, 'imagePair: width', { integer: true, min: 1 });
    const shape = { length: height * width, sign: 'nonnegative' };
    const pictures = [vector(x, 'imagePair: x', shape), vector(y, 'imagePair: y', shape)];
    const largest = pictures.map((pixels) => pixels.reduce((high, p) => Math.max(high, p), 0));
    largest.forEach((high, k) => high > 0 || refuse(`imagePair: ${'xy'[k]}`, 'a picture with a pixel above 0', 'a black one'));
    const maxPixel = number(options.maxPixel ?? Math.max(...largest), 'imagePair: maxPixel', { positive: true });
    number(floor, 'imagePair: floor', { nonnegative: true });
    if (!Number.isFinite((Math.max(...largest) / maxPixel + floor) * height * width))
        refuse('imagePair: maxPixel', 'of a size with the pixels', String(maxPixel));
    const [a, b] = pictures.map((pixels) => normalised(pixels.map((p) => p / maxPixel + floor)));
    return { cost: gridCostOf(height, width, metric, 'imagePair'), a, b };
}
/**
 * Makes a smooth problem whose plan has many entries that matter: two mixtures of Gaussians on a grid of [0, 1], with
 * cost |s - t|^p divided by its maximum.
 *
 * @param n an integer of at least 2.
 */
export function densities1d(n, p = 2) {
    number(n, 'densities1d: n', { integer: true, min: 2 });
    if (p !== 1 && p !== 2)
        refuse('densities1d: p', '1 or 2', show(p));
    const t = Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n);
    const bump = (x, mean, deviation) => {
        const z = (x - mean) / deviation;
        return exp(-0.5 * z * z);
    };
    const points = ndarray(t, [n, 1]);
    return {
        cost: scaled(pairwiseCost(points, points, p === 1 ? 'cityblock' : 'sqeuclidean')),
        a: normalised(t.map((x) => bump(x, 0.25, 0.06) + 0.6 * bump(x, 0.7, 0.09) + 1e-4)),
        b: normalised(t.map((x) => bump(x, 0.55, 0.15) + 0.3 * bump(x, 0.9, 0.03) + 1e-4)),
    };
}
function normalised(weights) {
    const total = weights.reduce((s, w) => s + w, 0);
    return weights.map((w) => w / total);
}
//# sourceMappingURL=families.js.map