// Builds the three plugins of the bundle as AMD modules into dist/fireline-profiles-app, as Grafana's loader wants them.
import { createRequire } from 'node:module';
import path from 'node:path';
import { externals } from './build/shared_externals.mjs';
import { BundleFiles } from './build/bundle_files.mjs';
import { prepareWasm, root } from './build/wasm.mjs';

const require = createRequire(import.meta.url);

export default async () => {
  const wasm = await prepareWasm();
  const source = path.join(root, 'plugin/src');
  return {
    mode: 'production',
    target: ['web', 'es2021'],
    context: root,
    devtool: 'source-map',
    entry: {
      module: path.join(source, 'app/module.ts'),
      'datasource/module': path.join(source, 'datasource/module.ts'),
      'panel/module': path.join(source, 'panel/module.tsx'),
    },
    output: {
      path: path.join(root, 'dist/fireline-profiles-app'),
      filename: '[name].js',
      library: { type: 'amd' },
      publicPath: '',
      clean: { keep: /gpx_fireline/ },
      devtoolModuleFilenameTemplate: 'webpack://fireline/[resource-path]',
      uniqueName: 'fireline-profiles-app',
    },
    externals,
    resolve: {
      extensions: ['.ts', '.tsx', '.js'],
      alias: { 'fireline-wasm$': wasm.view.glue, 'fireline-pages-wasm$': wasm.pages.glue },
    },
    module: {
      rules: [
        {
          test: /\.tsx?$/,
          exclude: /node_modules/,
          use: {
            loader: require.resolve('swc-loader'),
            options: {
              jsc: {
                target: 'es2021',
                parser: { syntax: 'typescript', tsx: true },
                transform: { react: { runtime: 'classic' } },
              },
            },
          },
        },
        // The glue's own guess of the wasm's address is never used: the loader passes one.
        { test: [wasm.view.glue, wasm.pages.glue], parser: { url: false } },
      ],
    },
    performance: { hints: false },
    plugins: [new BundleFiles(wasm)],
  };
};
