import './main.css';
import { readTheme } from './url_state';
import { fetchSettings } from './settings';

/** Grafana's packages read their configuration when they are first imported: it must stand there before. */
async function boot() {
  const settings = await fetchSettings();
  const theme = readTheme();
  Object.assign(window, {
    // Icons and fonts lie beside the page.
    __grafana_public_path__: document.baseURI,
    grafanaBootData: {
      settings: {
        appSubUrl: settings.appSubUrl,
        appUrl: document.baseURI,
        buildInfo: { version: '12.4.10', env: 'production', edition: 'Open Source' },
        datasources: Object.fromEntries(settings.datasources.map((datasource) => [datasource.name, datasource])),
        defaultDatasource: settings.datasources[0]?.name,
        featureToggles: {},
        panels: settings.plugins,
        apps: {},
      },
      user: { timezone: 'browser', locale: 'en-US', theme, lightTheme: theme === 'light', orgRole: 'Admin' },
      navTree: [],
      themePaths: {},
    },
  });
  const { start } = await import('./start');
  await start(settings);
}

boot().catch((error) => {
  const message = document.createElement('main');
  message.className = 'boot-failure';
  message.setAttribute('role', 'alert');
  message.textContent = `The workbench could not start: ${error instanceof Error ? error.message : String(error)}`;
  document.body.replaceChildren(message);
});
