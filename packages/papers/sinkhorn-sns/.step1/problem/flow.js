/** Makes a flow of nothing. */
export const noFlow = (a, b) => ({
    sent: Array.from(b, () => new Map()),
    supply: a.slice(),
    demand: b.slice(),
});
/**
 * Sends as much more as the allowed pairs can carry, along shortest augmenting paths, on which earlier mass may be
 * rerouted (Dinic 1970).
 */
export function sendMost(allowed, flow) {
    for (;;) {
        const layers = layersOf(allowed, flow);
        if (!layers)
            return;
        sendAlong(allowed, flow, layers);
    }
}
/** Computes distances from rows with mass left; null when no column with demand left is within reach. */
function layersOf({ rows, columns, table }, { sent, supply, demand }) {
    const ofRow = new Int32Array(rows).fill(-1);
    const ofColumn = new Int32Array(columns).fill(-1);
    let layer = Array.from(ofRow.keys()).filter((i) => supply[i] > 0);
    for (const i of layer)
        ofRow[i] = 0;
    for (let at = 1, found = false; layer.length > 0 && !found; at += 2) {
        const next = [];
        for (const i of layer)
            for (let j = 0; j < columns; j++) {
                if (ofColumn[j] >= 0 || table[i * columns + j] === 0)
                    continue;
                ofColumn[j] = at;
                if (demand[j] > 0)
                    found = true;
                for (const [k, amount] of sent[j])
                    if (amount > 0 && ofRow[k] < 0) {
                        ofRow[k] = at + 1;
                        next.push(k);
                    }
            }
        if (found)
            return { ofRow, ofColumn };
        layer = next;
    }
    return null;
}
/** Sends along every path that goes down the layers. */
function sendAlong({ columns, table }, { sent, supply, demand }, { ofRow, ofColumn }) {
    const tried = new Int32Array(ofRow.length);
    const backward = sent.map((from) => Array.from(from.keys()));
    const triedBackward = new Int32Array(columns);
    for (let source = 0; source < ofRow.length; source++) {
        if (ofRow[source] !== 0)
            continue;
        // Alternates between rows and columns.
        let path = [source];
        while (path.length > 0 && supply[source] > 0) {
            const node = path[path.length - 1];
            if (path.length % 2 === 1) {
                let j = tried[node];
                while (j < columns && !(table[node * columns + j] && ofColumn[j] === ofRow[node] + 1))
                    j++;
                tried[node] = j;
                if (j < columns)
                    path.push(j);
                else {
                    path.pop();
                    if (path.length > 0)
                        triedBackward[path[path.length - 1]]++;
                }
            }
            else if (demand[node] > 0) {
                move(path, { sent, supply, demand });
                path = [source];
            }
            else {
                const rows = backward[node];
                let k = triedBackward[node];
                while (k < rows.length && !(ofRow[rows[k]] === ofColumn[node] + 1 && sent[node].get(rows[k]) > 0))
                    k++;
                triedBackward[node] = k;
                if (k < rows.length)
                    path.push(rows[k]);
                else {
                    path.pop();
                    tried[path[path.length - 1]]++;
                }
            }
        }
    }
}
/** Sends as much as a path can carry from its first row to its last column. */
function move(path, { sent, supply, demand }) {
    const [first, last] = [path[0], path[path.length - 1]];
    let amount = Math.min(supply[first], demand[last]);
    for (let k = 1; k < path.length - 1; k += 2)
        amount = Math.min(amount, sent[path[k]].get(path[k + 1]));
    for (let k = 0; k < path.length; k += 2) {
        const [i, j] = [path[k], path[k + 1]];
        sent[j].set(i, (sent[j].get(i) ?? 0) + amount);
        if (k + 2 < path.length)
            sent[j].set(path[k + 2], sent[j].get(path[k + 2]) - amount);
    }
    supply[first] -= amount;
    demand[last] -= amount;
}
//# sourceMappingURL=flow.js.map