// The wasm that goes into the bundle: wasm-pack's output, optimised, named by its content.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const packageFolder = path.resolve(root, process.env.FIRELINE_WASM_PKG ?? 'target/wasm/pkg');

// What Rust compiles to and every browser that Grafana supports can run; more would let wasm-opt write what some cannot read.
const features = ['bulk-memory', 'bulk-memory-opt', 'sign-ext', 'nontrapping-float-to-int', 'mutable-globals', 'reference-types', 'multivalue'].map(
  (feature) => `--enable-${feature}`
);

// A browser replaces what it compiled in haste between calls only: functions that Rust kept apart, so that a loop over a
// million rows gets faster on its way, stay apart.
const keepFunctionsApart = '--one-caller-inline-max-function-size=1';

/** The packages, by what the shell calls them: what is needed at once, and what is loaded at first use. */
const packages = { view: 'fireline', pages: 'fireline_pages' };

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Every package, and the constants that Grafana asks for before any wasm can run. */
export async function prepareWasm() {
  const [view, pages] = await Promise.all([prepare(packages.view), prepare(packages.pages)]);
  const [atOnce, later] = await Promise.all([exportsOf(view), exportsOf(pages)]);
  return { view, pages, constants: { ...atOnce.shellConstants?.(), extensionLinks: later.extensionLinks?.() } };
}

/** Where the glue is, name and bytes of the optimised wasm. */
async function prepare(name) {
  const glue = path.join(packageFolder, `${name}.js`);
  if (!existsSync(glue)) {
    throw new Error(`no wasm at ${packageFolder}: build crate web first (cargo xtask dist does)`);
  }
  // The one place where TypeScript finds the types, wherever cargo's target folder is.
  await mkdir(path.join(root, 'target/wasm-types'), { recursive: true });
  await copyFile(path.join(packageFolder, `${name}.d.ts`), path.join(root, `target/wasm-types/${name}.d.ts`));
  const bytes = await optimise(path.join(packageFolder, `${name}_bg.wasm`));
  return { glue, bytes, file: `${name}_${sha256(bytes).slice(0, 16)}.wasm` };
}

async function exportsOf({ glue, bytes }) {
  const exports = await import(pathToFileURL(glue).href);
  exports.initSync({ module: bytes });
  return exports;
}

/** The file after wasm-opt, which runs unless it did so before for the same bytes and in the same way. */
async function optimise(input) {
  const folder = path.join(root, 'target/wasm/optimised');
  const output = path.join(folder, `${sha256(await readFile(input))}-apart.wasm`);
  if (!existsSync(output)) {
    await mkdir(folder, { recursive: true });
    const wasmOpt = path.join(root, 'node_modules/binaryen/bin/wasm-opt');
    await promisify(execFile)(process.execPath, [wasmOpt, '-Os', keepFunctionsApart, ...features, input, '-o', output]);
  }
  return readFile(output);
}
