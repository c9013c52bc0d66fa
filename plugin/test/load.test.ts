import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, test } from 'node:test';
import { loadFireline } from '../src/wasm/load';
import { loadPages } from '../src/wasm/load_pages';
import { wasmUrl } from '../src/wasm/start';

declare const FIRELINE_ROOT: string;

Object.assign(globalThis, { document: { baseURI: 'http://grafana.test/sub/' } });
const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

function serve(answer: () => Response | Promise<Response>) {
  const urls: string[] = [];
  globalThis.fetch = async (input) => {
    urls.push(String(input));
    return answer();
  };
  return urls;
}

test('the wasm is asked for in the folder of the app, below the sub path', () => {
  const uri = 'http://grafana.test/sub/public/plugins/fireline-flamegraph-panel/module.js?_cache=1';
  assert.equal(
    wasmUrl(FIRELINE_WASM_FILE, uri, 'http://other.test/').href,
    `http://grafana.test/sub/public/plugins/fireline-profiles-app/wasm/${FIRELINE_WASM_FILE}`
  );
});

test('a relative module address is resolved against the page', () => {
  const url = wasmUrl(FIRELINE_WASM_FILE, 'public/plugins/fireline-profiles-app/module.js', 'http://grafana.test/sub/');
  assert.equal(url.pathname, `/sub/public/plugins/fireline-profiles-app/wasm/${FIRELINE_WASM_FILE}`);
});

test('a vanished wasm asks for a reload', async () => {
  serve(() => new Response('', { status: 404 }));
  await assert.rejects(loadFireline(), /Reload the page/);
});

test('another status is named, and the next call tries again', async () => {
  const urls = serve(() => new Response('', { status: 503 }));
  await assert.rejects(loadFireline(), /answered 503/);
  await assert.rejects(loadFireline(), /answered 503/);
  assert.equal(urls.length, 2);
});

test('bytes that are no wasm are refused with a sentence', async () => {
  serve(() => new Response('<html>', { headers: { 'content-type': 'application/wasm' } }));
  await assert.rejects(loadFireline(), /did not start/);
});

test('a broken connection is told', async () => {
  serve(() => Promise.reject(new TypeError('Failed to fetch')));
  await assert.rejects(loadFireline(), /did not arrive/);
});

test('a proxy that changes the content type does no harm, and one instance serves all', async () => {
  const bytes = await readFile(`${FIRELINE_ROOT}/dist/fireline-profiles-app/wasm/${FIRELINE_WASM_FILE}`);
  const urls = serve(() => new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/octet-stream' } }));
  const [first, second] = await Promise.all([loadFireline(), loadFireline()]);
  assert.equal(first, second);
  assert.equal(urls.length, 1);
});

test('the wasm of forms and pages is one of its own, asked for at first use', async () => {
  const bytes = await readFile(`${FIRELINE_ROOT}/dist/fireline-profiles-app/wasm/${FIRELINE_PAGES_WASM_FILE}`);
  const urls = serve(() => new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/wasm' } }));
  const pages = await loadPages();
  assert.equal(urls.length, 1);
  assert.ok(urls[0].endsWith(FIRELINE_PAGES_WASM_FILE));
  const form = new pages.FormEditor('query').setProps({ value: { refId: 'A' } });
  assert.ok(form.form.rows.length > 0);
});
