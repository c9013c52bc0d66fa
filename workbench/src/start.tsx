import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { initPluginTranslations } from '@grafana/i18n';
import { App } from './App';
import { sharePackages } from './modules';
import { loadPlugins, provideServices } from './services';
import type { WorkbenchSettings } from './settings';

/** Loads the bundle and draws the page. */
export async function start(settings: WorkbenchSettings) {
  await initPluginTranslations('grafana', []);
  sharePackages();
  provideServices(settings);
  const plugins = await loadPlugins(settings);
  const root = document.getElementById('root');
  if (root) {
    createRoot(root).render(<App plugins={plugins} version={settings.version} />);
  }
}
