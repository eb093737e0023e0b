/** An excess below this share of a set's mass comes from rounded masses. */
const SLACK = 1e-9;
/** An error below this comes from rounded masses, whatever the tolerance. */
const ROUNDING = 1e-13;
/**
 * Looks for a proof that no plan has these marginals. When no more can be sent, the rows within reach of one that has
 * mass left may send to saturated columns only, and the other way round. Returns null if there is none.
 */
export function obstacle(allowed, a, b, flow, tolerance) {
    const { rows, columns, table } = allowed;
    const { sent, supply, demand } = flow;
    const forward = {
        mayUse: (i, j) => table[i * columns + j] === 1,
        comesFrom: (j) => Array.from(sent[j]).flatMap(([i, amount]) => (amount > 0 ? [i] : [])),
    };
    const backward = {
        mayUse: (j, i) => table[i * columns + j] === 1,
        comesFrom: (i) => Array.from(b.keys()).filter((j) => (sent[j].get(i) ?? 0) > 0),
    };
    for (const [side, own, other, left, { mayUse, comesFrom }] of [
        ['rows', a, b, supply, forward],
        ['columns', b, a, demand, backward],
    ]) {
        const seen = new Uint8Array(side === 'rows' ? rows : columns);
        const excesses = Array.from(own.keys()).filter((i) => left[i] > 0);
        for (const start of excesses.sort((i, k) => left[k] / own[k] - left[i] / own[i])) {
            if (seen[start])
                continue;
            const these = [start];
            const those = new Set();
            const found = new Set(these);
            for (const i of these) {
                seen[i] = 1;
                for (let j = 0; j < other.length; j++) {
                    if (those.has(j) || !mayUse(i, j))
                        continue;
                    those.add(j);
                    for (const k of comesFrom(j))
                        if (!found.has(k)) {
                            found.add(k);
                            these.push(k);
                        }
                }
            }
            const sum = (at, of) => [...at].reduce((s, k) => s + of[k], 0);
            const [mass, excess] = [sum(these, own), sum(these, left)];
            if (excess > SLACK * mass || excess > Math.max(tolerance, ROUNDING))
                return { side, these, those: [...those], mass, room: sum(those, other) };
        }
    }
    return null;
}
const SHOWN = 10;
function listed(at, from) {
    const indices = at.map((k) => from[k]).sort((i, j) => i - j);
    const shown = indices.slice(0, SHOWN).join(', ');
    return indices.length > SHOWN ? `${shown} and ${indices.length - SHOWN} more` : shown;
}
/** Describes it in a sentence, with the caller's indices and masses. */
export function describe({ side, these, those, mass, room }, rows, columns, total) {
    const [own, other] = side === 'rows' ? [rows, columns] : [columns, rows];
    const name = (word, at) => (at.length === 1 ? word.slice(0, -1) : word);
    const to = name(side === 'rows' ? 'columns' : 'rows', those);
    const verb = side === 'rows' ? 'send to' : 'take from';
    const partners = those.length === 0 ? 'nothing' : `${to} ${listed(those, other)}, of mass ${total * room}, only`;
    return `${name(side, these)} ${listed(these, own)} of mass ${total * mass} may ${verb} ${partners}`;
}
//# sourceMappingURL=obstacle.js.map