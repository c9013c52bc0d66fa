// Everything in the bundle that is not a module: plugin.json files, logos, texts, the wasm.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import webpack from 'webpack';
import { root } from './wasm.mjs';

/** Output path to source path, both relative. */
const files = {
  'plugin.json': 'plugin.json',
  'datasource/plugin.json': 'plugin/src/datasource/plugin.json',
  'panel/plugin.json': 'plugin/src/panel/plugin.json',
  'img/logo.svg': 'plugin/src/img/logo.svg',
  'datasource/img/logo.svg': 'plugin/src/img/logo.svg',
  'panel/img/logo.svg': 'plugin/src/img/logo.svg',
  'README.md': 'plugin/README.md',
  'CHANGELOG.md': 'CHANGELOG.md',
  LICENSE: 'LICENSE',
};

/** A webpack plugin that adds those files, and tells the modules the name and the constants of the wasm. */
export class BundleFiles {
  constructor(wasm) {
    this.wasm = wasm;
  }

  apply(compiler) {
    new webpack.DefinePlugin({
      FIRELINE_WASM_FILE: JSON.stringify(this.wasm.view.file),
      FIRELINE_PAGES_WASM_FILE: JSON.stringify(this.wasm.pages.file),
      FIRELINE_CONSTANTS: JSON.stringify(this.wasm.constants),
      'import.meta.url': 'undefined',
    }).apply(compiler);
    const { RawSource } = webpack.sources;
    compiler.hooks.thisCompilation.tap('BundleFiles', (compilation) => {
      compilation.hooks.processAssets.tapPromise('BundleFiles', async () => {
        const version = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')).version;
        for (const [output, source] of Object.entries(files)) {
          const absolute = path.join(root, source);
          compilation.fileDependencies.add(absolute);
          if (!existsSync(absolute)) {
            throw new Error(`${source} is missing: the bundle needs it as ${output}`);
          }
          const text = await readFile(absolute, 'utf8');
          compilation.emitAsset(output, new RawSource(text.replace('%VERSION%', version).replace('%TODAY%', today())));
        }
        for (const { file, bytes } of [this.wasm.view, this.wasm.pages]) {
          compilation.emitAsset(`wasm/${file}`, new RawSource(bytes));
        }
      });
    });
  }
}

/** The day of the build; SOURCE_DATE_EPOCH makes a build repeatable. */
function today() {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  return new Date(epoch ? Number(epoch) * 1000 : Date.now()).toISOString().slice(0, 10);
}
