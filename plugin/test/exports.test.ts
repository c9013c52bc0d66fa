import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import versions from './grafana_exports.json';

declare const FIRELINE_ROOT: string;

/** The values (not types) that the shell imports from a package, by file. */
async function used(name: string): Promise<string[]> {
  const folder = path.join(FIRELINE_ROOT, 'plugin/src');
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.tsx?$/.test(file));
  const names = new Set<string>();
  for (const file of files) {
    const text = await readFile(path.join(folder, file), 'utf8');
    for (const [, list] of text.matchAll(new RegExp(`import \\{([^}]*)\\} from '${name}'`, 'g'))) {
      for (const one of list.split(',').map((one) => one.trim()).filter((one) => one && !one.startsWith('type '))) {
        names.add(one.split(' as ')[0]);
      }
    }
  }
  return [...names].sort();
}

for (const [version, packages] of Object.entries(versions)) {
  for (const [name, exported] of Object.entries(packages)) {
    test(`everything taken from ${name} is there in Grafana ${version}`, async () => {
      const names = await used(name);
      assert.ok(names.length > 0, `nothing is taken from ${name}`);
      assert.deepEqual(names.filter((one) => !exported.includes(one)), []);
    });
  }
}
