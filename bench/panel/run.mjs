// Measures the panel, and other flame graphs beside it: node bench/panel/run.mjs [nodes…] [--runs=3] [--only=<part>] [--json]
//
// One fresh browser per run and subject, all on the same data; the subjects take turns, so that what else the machine
// does meets all of them. Data is prepared outside the clock, as Grafana parses frames before it calls a panel.
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { measureGrafana, measureSpeedscope } from '../peers/measure.mjs';
import { speedscopeText } from '../peers/speedscope_file.mjs';
import { medians, withMeter } from '../harness.mjs';
import { measurePanel } from './measure.mjs';
import { output, peersAreThere, servePage } from './page_server.mjs';
import { profileColumns, widestNode } from './profile_columns.mjs';

const options = process.argv.slice(2);
const option = (name, or) => options.find((text) => text.startsWith(`--${name}=`))?.split('=')[1] ?? or;
const given = options.filter((text) => /^\d+$/.test(text)).map(Number);
const sizes = given.length > 0 ? given : [100000, 1000000];
const runs = Number(option('runs', 3));
const only = option('only', '');

const own = { 'Fireline, graph': measurePanel('graph'), 'Fireline, both': measurePanel('both') };
const peers = { '@grafana/flamegraph, graph': measureGrafana('graph'), '@grafana/flamegraph, both': measureGrafana('both'), speedscope: measureSpeedscope };
const subjects = Object.entries(peersAreThere ? { ...own, ...peers } : own).filter(([name]) => name.includes(only));

const server = await servePage();
const report = { date: new Date().toISOString().slice(0, 10), cores: cpus().length, load: loadavg()[0], runs, sizes: {} };
try {
  for (const nodes of sizes) {
    const columns = profileColumns(nodes);
    const data = { nodes, wide: widestNode(columns, 2), file: path.join(output, `${nodes}.speedscope.json`) };
    await writeFile(data.file, speedscopeText(columns));
    const results = Object.fromEntries(subjects.map(([name]) => [name, []]));
    for (let run = 0; run < runs; run++) {
      for (const [name, measure] of subjects) {
        const result = await withMeter((meter, browser) => {
          report.browser = browser.version();
          return measure(meter, server.url, data);
        }).catch((error) => `failed: ${error.message.split('\n')[0]}`);
        results[name].push(result);
      }
    }
    report.sizes[nodes] = Object.fromEntries(subjects.map(([name]) => [name, medians(results[name])]));
  }
} finally {
  server.close();
}

if (options.includes('--json')) {
  console.log(JSON.stringify(report));
} else {
  for (const [nodes, results] of Object.entries(report.sizes)) {
    console.log(`${nodes} nodes: main thread's work in ms (clock in ms), medians of ${runs}, load ${report.load.toFixed(1)} at the start`);
    const cell = (value) => (value?.cpu === undefined ? value : `${value.cpu}${value.clock === undefined ? '' : ` (${value.clock})`}`);
    const measured = Object.entries(results).filter(([name, result]) => typeof result !== 'string' || console.log(`${name} ${result}`));
    const rows = [...new Set(measured.flatMap(([, result]) => Object.keys(result)))];
    console.table(Object.fromEntries(rows.map((row) => [row, Object.fromEntries(measured.map(([name, result]) => [name, cell(result[row])]))])));
  }
}
