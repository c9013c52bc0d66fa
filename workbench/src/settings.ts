import type { DataSourceInstanceSettings, PluginMeta } from '@grafana/data';

/** What the server tells the page when it starts. */
export interface WorkbenchSettings {
  appSubUrl: string;
  datasources: DataSourceInstanceSettings[];
  plugins: Record<string, PluginMeta>;
  version: string;
}

export async function fetchSettings(): Promise<WorkbenchSettings> {
  const response = await fetch(new URL('api/workbench/settings', document.baseURI));
  if (!response.ok) {
    throw new Error(`The server answered ${response.status} when asked for the workbench's settings.`);
  }
  return response.json();
}
