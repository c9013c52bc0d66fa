// What Grafana shares with plugins at run time, in every version that the bundle supports.

/** Imports left to Grafana's loader. Anything else is bundled. */
export const shared = ['@emotion/css', '@grafana/data', '@grafana/runtime', '@grafana/ui', 'react', 'rxjs'];

/** As webpack wants them: by name, and the loader's `module` under a name that is no npm package. */
export const externals = [...shared, { 'amd-module': 'module' }];
