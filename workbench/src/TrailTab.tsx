import * as React from 'react';
import { PluginContextProvider } from '@grafana/data';
import type { Plugins } from './services';
import { TRAIL_PATH } from './url_state';

/** The app plugin's own page, as Grafana shows it. */
export function TrailTab({ plugins: { appPlugin } }: { plugins: Plugins }) {
  const Root = appPlugin.root;
  return Root ? (
    <PluginContextProvider meta={appPlugin.meta}>
      <Root meta={appPlugin.meta} basename={TRAIL_PATH} path={TRAIL_PATH} query={{}} onNavChanged={() => {}} />
    </PluginContextProvider>
  ) : null;
}
