// Bundles every *.test.ts(x) with its mocks and runs it with Node's own test runner.
import { spawn } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { prepareWasm, root } from '../build/wasm.mjs';

const folder = path.join(root, 'plugin/test');
const output = path.join(root, 'target/shell-tests');
const tests = (await readdir(folder, { recursive: true })).filter((name) => /\.test\.tsx?$/.test(name));
const wasm = await prepareWasm();

await rm(output, { recursive: true, force: true });
await build({
  entryPoints: tests.map((name) => path.join(folder, name)),
  outdir: output,
  outbase: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  jsx: 'transform',
  sourcemap: 'inline',
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  define: {
    FIRELINE_WASM_FILE: JSON.stringify(wasm.view.file),
    FIRELINE_PAGES_WASM_FILE: JSON.stringify(wasm.pages.file),
    FIRELINE_CONSTANTS: JSON.stringify(wasm.constants),
    FIRELINE_ROOT: JSON.stringify(root),
  },
  alias: {
    'fireline-wasm': wasm.view.glue,
    'fireline-pages-wasm': wasm.pages.glue,
    'amd-module': path.join(folder, 'mock/amd_module.ts'),
    '@grafana/runtime': path.join(folder, 'mock/grafana_runtime.ts'),
    '@grafana/data': path.join(folder, 'mock/grafana_data.ts'),
    '@grafana/ui': path.join(folder, 'mock/grafana_ui.tsx'),
  },
});
const files = tests.map((name) => path.join(output, name.replace(/\.tsx?$/, '.mjs')));
const child = spawn(process.execPath, ['--test', '--enable-source-maps', ...files], { stdio: 'inherit' });
child.on('exit', (code) => process.exit(code ?? 1));
