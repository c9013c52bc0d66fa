import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import lists from './shared_externals.json';

declare const FIRELINE_ROOT: string;

const dist = `${FIRELINE_ROOT}/dist/fireline-profiles-app`;
const magic = ['module', 'exports', 'require'];

async function imports(file: string): Promise<string[]> {
  const text = await readFile(`${dist}/${file}`, 'utf8');
  const dependencies = /^define\((\[[^\]]*\])/.exec(text)?.[1];
  assert.ok(dependencies, `${file} is no AMD module`);
  return JSON.parse(dependencies);
}

for (const file of ['module.js', 'datasource/module.js', 'panel/module.js']) {
  for (const [version, shared] of Object.entries(lists)) {
    test(`${file} imports only what Grafana ${version} shares`, async () => {
      const missing = (await imports(file)).filter((name) => !magic.includes(name) && !shared.includes(name));
      assert.deepEqual(missing, []);
    });
  }
}

test('every nested plugin is listed by the app', async () => {
  const app = JSON.parse(await readFile(`${dist}/plugin.json`, 'utf8'));
  for (const include of app.includes.filter((entry: { path?: string }) => entry.path?.endsWith('plugin.json'))) {
    const nested = JSON.parse(await readFile(`${dist}/${include.path}`, 'utf8'));
    assert.equal(nested.type, include.type);
    assert.equal(nested.info.version, app.info.version);
  }
  assert.equal(app.dependencies.grafanaDependency, '>=11.6.0');
});

test('no path of the machine that built it is in a module', async () => {
  for (const file of ['module.js', 'datasource/module.js', 'panel/module.js']) {
    const text = await readFile(`${dist}/${file}`, 'utf8');
    assert.ok(!text.includes(FIRELINE_ROOT) && !text.includes('file:///'), file);
  }
});

test('the wasm that is needed at once is small', async () => {
  const files = (await readdir(`${dist}/wasm`)).filter((file) => file.endsWith('.wasm'));
  assert.deepEqual(files.sort(), [FIRELINE_WASM_FILE, FIRELINE_PAGES_WASM_FILE].sort());
  const bytes = await readFile(`${dist}/wasm/${FIRELINE_WASM_FILE}`);
  // Grafana serves it as it is unless somebody compresses in front of it.
  assert.ok(bytes.length <= 900_000, `${bytes.length} bytes`);
  assert.ok(gzipSync(bytes).length <= 300_000, `${gzipSync(bytes).length} bytes in gzip`);
});

test('every link that the app adds is declared, or Grafana does not load it where it is needed', async () => {
  const { extensions } = JSON.parse(await readFile(`${dist}/plugin.json`, 'utf8'));
  type Link = { targets: string | string[]; title: string; description: string };
  const keys = (links: Link[]) =>
    links.flatMap(({ targets, title, description }) => [targets].flat().map((target) => `${target} | ${title} | ${description}`));
  assert.deepEqual([...new Set(keys(FIRELINE_CONSTANTS.extensionLinks))].sort(), keys(extensions.addedLinks).sort());
});

test('links beside attributes are told apart by the attribute', () => {
  const keys = FIRELINE_CONSTANTS.extensionLinks.map(({ targets, title, category }) => `${targets} ${category} ${title}`);
  assert.equal(new Set(keys).size, keys.length);
  assert.ok(keys.includes('grafana/traceview/resource-attributes pyroscope.profile.id Profile of this span'));
});
