import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/named-register.js';
import 'systemjs/dist/extras/amd.js';
import * as emotionCss from '@emotion/css';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import * as React from 'react';
import * as rxjs from 'rxjs';

/** What this page shares with plugins: the same packages as Grafana, as far as the bundle may import them. */
const shared: Record<string, object> = {
  '@emotion/css': emotionCss,
  '@grafana/data': grafanaData,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/ui': grafanaUi,
  react: { ...React, default: React, __useDefault: true },
  rxjs,
};

/** Makes the shared packages known under their names, as Grafana's loader does. */
export function sharePackages() {
  const imports: Record<string, string> = {};
  for (const [name, exports] of Object.entries(shared)) {
    const id = `package:${name}`;
    System.set(id, { ...exports });
    imports[name] = id;
  }
  System.addImportMap({ imports });
}

/** Loads the AMD module of a plugin. */
export async function importPlugin<Plugin>(module: string, version: string): Promise<Plugin> {
  const url = new URL(module, document.baseURI);
  url.searchParams.set('_cache', version);
  const exports = await System.import(url.href);
  if (!exports.plugin) {
    throw new Error(`${module} exports no plugin`);
  }
  return exports.plugin;
}
