import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, test } from 'node:test';
import { migrate } from '../src/panel/migration';

declare const FIRELINE_ROOT: string;

Object.assign(globalThis, { document: { baseURI: 'http://grafana.test/' } });
const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

test('options stay as they are where the wasm does not load, and the panel can say so', async () => {
  globalThis.fetch = async () => new Response('', { status: 404 });
  assert.deepEqual(await migrate({ options: { pane: 'table' } }), { pane: 'table' });
  assert.deepEqual(await migrate({ options: undefined as never }), {});
});

test('options are migrated where it does', async () => {
  const bytes = await readFile(`${FIRELINE_ROOT}/dist/fireline-profiles-app/wasm/${FIRELINE_WASM_FILE}`);
  globalThis.fetch = async () => new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/wasm' } });
  assert.deepEqual(await migrate({ options: { showFlameGraphOnly: true } as never }), { version: 1, pane: 'graph' });
});
