// Bundles the page with the real Grafana components and serves it on a free port of this machine.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { prepareWasm } from '../../plugin/build/wasm.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(folder, '../..');
const output = path.join(root, 'target/bench-panel');
const types = { '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.svg': 'image/svg+xml' };
const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Panel</title><style>body{margin:0}</style>
<link rel="stylesheet" href="/page.css"></head><body><div id="root"></div><script type="module" src="/page.js"></script></body></html>`;

/** Gives the address of the page and a function that ends the server. */
export async function servePage() {
  const { view: wasm } = await prepareWasm();
  await build({
    entryPoints: [path.join(folder, 'page.tsx')],
    outdir: output,
    bundle: true,
    minify: true,
    format: 'esm',
    jsx: 'transform',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'dataurl', '.ttf': 'dataurl', '.woff2': 'dataurl', '.woff': 'dataurl', '.png': 'dataurl', '.gif': 'dataurl' },
    alias: { 'fireline-wasm': wasm.glue, 'amd-module': path.join(root, 'plugin/test/mock/amd_module.ts') },
    logLevel: 'error',
  });
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html');
      return response.end(html);
    }
    try {
      const body =
        pathname === '/pkg/fireline_bg.wasm' ? wasm.bytes
        : pathname.startsWith('/public/build/img/') ? await readFile(path.join(root, 'node_modules/@grafana/ui/dist/public/img', path.normalize(pathname.slice(18))))
        : await readFile(path.join(output, path.normalize(pathname)));
      response.setHeader('content-type', types[path.extname(pathname)] ?? 'application/octet-stream');
      response.end(body);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
