// Profiles to draw, the same for a size each time: merged call trees in the columns of a flame graph frame.

/** A generator of numbers from 0 to 1; the same sequence in every run. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const packages = [
  'runtime', 'net/http', 'encoding/json', 'github.com/grafana/pyroscope/pkg/querier', 'database/sql',
  'github.com/prometheus/prometheus/tsdb', 'io.netty.channel', 'java.util.concurrent', 'core::iter', 'tokio::runtime',
  'std::collections::hash_map', 'node_modules/express/lib', 'google.golang.org/grpc', 'compress/gzip', 'bufio', 'libc',
];
const verbs = ['read', 'write', 'decode', 'encode', 'merge', 'flush', 'scan', 'handle', 'copy', 'allocate', 'compare', 'wait'];
const nouns = ['Block', 'Request', 'Sample', 'Series', 'Frame', 'Index', 'Buffer', 'Header', 'Chunk', 'Label', 'Row', 'Stream'];

/** Function names of about 40 bytes; a tenth as many as nodes. */
function functionNames(count) {
  const names = new Array(count);
  for (let at = 0; at < count; at++) {
    const verb = verbs[(at >> 4) % verbs.length];
    const noun = nouns[(at >> 7) % nouns.length];
    names[at] = `${packages[at % packages.length]}.(*${noun}${at}).${verb}${noun}`;
  }
  return names;
}

/**
 * A tree of `nodeCount` nodes, at most `depthLimit` deep; siblings have different functions.
 * Each node hands what it holds of nodes and value to a few children, most of it to one of them.
 */
export function profileColumns(nodeCount, depthLimit = 110) {
  const random = randomNumbers(nodeCount);
  const names = ['total', ...functionNames(Math.max(16, Math.floor(nodeCount / 10)))];
  const level = [];
  const value = [];
  const self = [];
  const label = [];
  const pending = [{ depth: 0, nodes: nodeCount, value: nodeCount * 10000000, label: 0 }];
  while (pending.length > 0) {
    const node = pending.pop();
    const below = node.nodes - 1;
    const wanted = node.depth + 1 >= depthLimit ? 0 : below;
    const childCount = Math.min(wanted, node.depth === depthLimit - 2 ? wanted : 1 + Math.floor(random() ** 2 * 7));
    const own = childCount === 0 ? node.value : Math.floor(node.value * random() ** 6 * 0.5);
    level.push(node.depth);
    value.push(node.value);
    self.push(own);
    label.push(node.label);
    const first = Math.floor(random() ** 1.5 * (names.length - 1));
    let nodes = below;
    let rest = node.value - own;
    for (let child = 0; child < childCount; child++) {
      const last = child === childCount - 1;
      const share = 0.35 + 0.6 * random();
      const ownNodes = last ? nodes : Math.min(nodes - (childCount - 1 - child), Math.max(1, Math.floor(nodes * share)));
      const ownValue = last ? rest : Math.floor(rest * (0.2 + 0.75 * share * random()));
      const function_ = 1 + ((first + child * 7) % (names.length - 1));
      pending.push({ depth: node.depth + 1, nodes: ownNodes, value: ownValue, label: function_ });
      nodes -= ownNodes;
      rest -= ownValue;
    }
  }
  // As long as they are filled, like arrays that were parsed.
  return { level: level.slice(), value: value.slice(), self: self.slice(), label: label.slice(), names };
}

/** The widest node at a level: where its middle is, from 0 to 1. */
export function widestNode({ level, value }, wanted) {
  const widest = { level: wanted, middle: 0, value: 0 };
  // Where the next node of each level begins.
  const next = [];
  for (let row = 0; row < level.length && value[0] > 0; row++) {
    const depth = level[row];
    const start = next[depth] ?? 0;
    next[depth] = start + value[row];
    next[depth + 1] = start;
    if (depth === wanted && value[row] > widest.value) {
      Object.assign(widest, { value: value[row], middle: (start + value[row] / 2) / value[0] });
    }
  }
  return widest;
}

/** One stack trace of `depth` frames with a short branch on each. */
export function deepColumns(depth) {
  const names = ['total', ...functionNames(64)];
  const level = [0];
  const label = [0];
  const self = [0];
  for (let at = 1; at < depth; at++) {
    level.push(at);
    label.push(1 + (at % 7));
    self.push(1000000);
  }
  const value = self.map((_, at) => (depth - Math.max(at, 1)) * 1000000);
  return { level, value, self, label, names };
}

/** A second profile of the same functions: some cost more, some less, some are new or gone. */
export function comparisonColumns({ level, self, label }) {
  const factors = [1, 1, 1, 1.1, 0.9, 2, 0.5, 1.4, 0.7, 0, 3, 1, 1, 1];
  const selfRight = self.map((value, row) => Math.round(value * factors[label[row] % factors.length]));
  const valueRight = [...selfRight];
  const path = [];
  for (let row = 0; row < level.length; row++) {
    path.length = level[row];
    for (const above of path) {
      valueRight[above] += selfRight[row];
    }
    path.push(row);
  }
  return { valueRight, selfRight };
}
