// Bundles the pages with the real Grafana components and serves them on a free port of this machine.
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { prepareWasm } from '../../plugin/build/wasm.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(folder, '../..');
const peers = path.join(root, 'bench/peers');
/** What is made for a run. */
export const output = path.join(root, 'target/bench-panel');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.svg': 'image/svg+xml' };
const page = (name) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${name}</title><style>body{margin:0}</style>
<link rel="stylesheet" href="/${name}.css"></head><body><div id="root"></div><script type="module" src="/${name}.js"></script></body></html>`;

/** Whether the packages of `bench/peers` are installed. */
export const peersAreThere = existsSync(path.join(peers, 'node_modules/speedscope'));

/** Gives the address of the pages and a function that ends the server. */
export async function servePage() {
  const { view: wasm, pages } = await prepareWasm();
  const settings = {
    outdir: output,
    bundle: true,
    minify: true,
    format: 'esm',
    jsx: 'transform',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis', FIRELINE_PAGES_WASM_FILE: JSON.stringify(pages.file) },
    loader: { '.svg': 'dataurl', '.ttf': 'dataurl', '.woff2': 'dataurl', '.woff': 'dataurl', '.png': 'dataurl', '.gif': 'dataurl' },
    logLevel: 'error',
  };
  const alias = { 'fireline-wasm': wasm.glue, 'fireline-pages-wasm': pages.glue, 'amd-module': path.join(root, 'plugin/test/mock/amd_module.ts') };
  await build({ ...settings, entryPoints: { panel: path.join(folder, 'page.tsx') }, alias });
  if (peersAreThere) {
    const alias = { 'react-custom-scrollbars-2': path.join(peers, 'scrollbars.js') };
    await build({ ...settings, entryPoints: { grafana: path.join(peers, 'grafana_page.tsx') }, alias, tsconfigRaw: {} });
  }
  /** What lies at a path. */
  const find = (url) => {
    const name = path.posix.normalize(url.pathname);
    switch (name) {
      case '/':
      case '/panel':
        return ['.html', page('panel')];
      case '/grafana':
        return ['.html', page('grafana')];
      case '/pkg/fireline_bg.wasm':
        return ['.wasm', wasm.bytes];
    }
    const below = [
      ['/public/build/img/', 'node_modules/@grafana/ui/dist/public/img'],
      ['/speedscope/', 'bench/peers/node_modules/speedscope/dist/release'],
      ['/', 'target/bench-panel'],
    ];
    const [prefix, place] = below.find(([prefix]) => name.startsWith(prefix));
    return [path.extname(name), readFile(path.join(root, place, name.slice(prefix.length)))];
  };
  const server = createServer(async (request, response) => {
    try {
      const [kind, body] = find(new URL(request.url, 'http://localhost'));
      const bytes = await body;
      response.setHeader('content-type', types[kind] ?? 'application/octet-stream');
      response.end(bytes);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
