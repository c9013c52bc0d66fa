// Builds the workbench page into dist/workbench: one page, its modules, and the icons of Grafana's components.
// With a folder of other packages, `node workbench/build.mjs grafana-13`, into target/grafana-13/workbench, with the bundle of dist beside it.
import { cp, copyFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [others] = process.argv.slice(2);
const host = others ? path.join(root, 'workbench', others) : root;
const dist = path.join(root, others ? path.join('target', others) : 'dist');
const output = path.join(dist, 'workbench');

/** Takes what the page imports from the packages of `host`, where it has them; they bring their own. */
const packagesOfHost = {
  name: 'packages of host',
  setup: (esbuild) =>
    esbuild.onResolve({ filter: /^[^./]/ }, async ({ path: name, kind, importer, pluginData }) => {
      if (pluginData === packagesOfHost || importer.includes('node_modules')) {
        return undefined;
      }
      const found = await esbuild.resolve(name, { kind, importer, resolveDir: host, pluginData: packagesOfHost });
      return found.errors.length > 0 ? undefined : found;
    }),
};

/** What Grafana's own bundler takes: of these libraries esbuild takes the modules of Node, whose default is an object. */
const modulesOfLibraries = {
  name: 'modules of libraries',
  setup: (esbuild) =>
    esbuild.onResolve({ filter: /^(react-use|rc-picker)\/lib\// }, ({ path: name, kind, importer, resolveDir }) =>
      esbuild.resolve(name.replace('/lib/', name.startsWith('rc-') ? '/es/' : '/esm/'), { kind, importer, resolveDir })),
};

await rm(output, { recursive: true, force: true });
await build({
  entryPoints: { main: path.join(root, 'workbench/src/main.ts') },
  outdir: output,
  plugins: others ? [packagesOfHost, modulesOfLibraries] : [],
  chunkNames: 'chunks/[name]-[hash]',
  assetNames: 'assets/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  jsx: 'transform',
  define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  loader: { '.ttf': 'file', '.woff': 'file', '.woff2': 'file', '.svg': 'file', '.png': 'file' },
  logLevel: 'warning',
  // One warning of a library about its own packaging; nothing of ours.
  logOverride: { 'package.json': 'silent' },
});
await copyFile(path.join(root, 'workbench/src/index.html'), path.join(output, 'index.html'));
await copyFile(path.join(root, 'plugin/src/img/logo.svg'), path.join(output, 'logo.svg'));

// What Grafana's server has below `public/` for its components: icons from the package, two that it lacks, and fonts.
const packages = path.join(root, 'node_modules');
// Grafana 11 looks for them in another place.
for (const images of ['build/img', ...(others ? ['img'] : [])]) {
  await cp(path.join(host, 'node_modules/@grafana/ui/dist/public/img'), path.join(output, images), { recursive: true });
  await cp(path.join(root, 'workbench/src/icons'), path.join(output, images, 'icons/unicons'), { recursive: true });
}
const fonts = {
  'inter/Inter-Regular.woff2': '@fontsource/inter/files/inter-latin-400-normal.woff2',
  'inter/Inter-Medium.woff2': '@fontsource/inter/files/inter-latin-500-normal.woff2',
  'inter/Inter-Italic.woff2': '@fontsource/inter/files/inter-latin-400-italic.woff2',
  'inter/Inter-MediumItalic.woff2': '@fontsource/inter/files/inter-latin-500-italic.woff2',
  'roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ.woff2':
    '@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2',
};
for (const [name, source] of Object.entries(fonts)) {
  await cp(path.join(packages, source), path.join(output, 'fonts', name));
}
if (others) {
  const bundle = path.join(dist, 'fireline-profiles-app');
  await rm(bundle, { recursive: true, force: true });
  await symlink(path.join(root, 'dist/fireline-profiles-app'), bundle, 'junction');
}
