import {
  EventBusSrv,
  FieldConfigProperty,
  identityOverrideProcessor,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  type AppPlugin,
  type DataSourceApi,
  type DataSourceInstanceSettings,
  type DataSourcePlugin,
  type DataSourceRef,
  type PanelPlugin,
} from '@grafana/data';
import {
  DataSourceWithBackend,
  setAppEvents,
  setBackendSrv,
  setDataSourceSrv,
  setEchoSrv,
  setTemplateSrv,
  type DataSourceSrv,
} from '@grafana/runtime';
import { backendSrv } from './backend_srv';
import { importPlugin } from './modules';
import type { WorkbenchSettings } from './settings';

/** The plugins of the bundle, loaded as Grafana loads them. */
export interface Plugins {
  datasource: DataSourceApi;
  datasourcePlugin: DataSourcePlugin<DataSourceApi>;
  panelPlugin: PanelPlugin;
  appPlugin: AppPlugin;
  settings: DataSourceInstanceSettings;
}

const APP = 'fireline-profiles-app';
const PANEL = 'fireline-flamegraph-panel';

/** Puts in place what plugins reach through @grafana/runtime. There are no dashboards here, so no variables. */
export function provideServices(settings: WorkbenchSettings) {
  setBackendSrv(backendSrv);
  setAppEvents(new EventBusSrv());
  setEchoSrv({ flush: () => {}, addBackend: () => {}, addEvent: () => {} });
  setTemplateSrv({
    getVariables: () => [],
    replace: (target = '') => target,
    containsTemplate: () => false,
    updateTimeRange: () => {},
  });
  // Panels name the editors of their options while they are loaded; none is ever shown here.
  const editors = ['boolean', 'color', 'field-name', 'multi-select', 'number', 'radio', 'select', 'slider', 'strings', 'text', 'unit'];
  standardEditorsRegistry.setInit(() => editors.map((id) => ({ id, name: id, editor: () => null })));
  const fieldEditor = (id: FieldConfigProperty) => ({
    id,
    path: id,
    name: id,
    editor: () => null,
    override: () => null,
    process: identityOverrideProcessor,
    shouldApply: () => true,
    settings: {},
  });
  standardFieldConfigEditorRegistry.setInit(() => Object.values(FieldConfigProperty).map(fieldEditor));
  const [own, ...beside] = settings.datasources;
  // As Grafana does, nothing named means the default.
  const uidOf = (ref?: DataSourceRef | string | null) => (typeof ref === 'string' ? ref : ref?.uid) || own.uid;
  const find = (ref?: DataSourceRef | string | null) => [own, ...beside].find(({ uid, name }) => [uid, name].includes(uidOf(ref)));
  const datasourceSrv: DataSourceSrv = {
    get: async (ref) => {
      const found = find(ref);
      if (!found) {
        throw new Error(`Data source ${uidOf(ref)} was not found`);
      }
      return found === own ? (await loadPlugins(settings)).datasource : new DataSourceWithBackend(found);
    },
    getList: () => settings.datasources,
    getInstanceSettings: find,
    reload: () => {},
    registerRuntimeDataSource: () => {},
  };
  setDataSourceSrv(datasourceSrv);
}

/** Loads both plugins and makes the datasource. */
export async function loadPlugins({ plugins, datasources: [instance], version }: WorkbenchSettings): Promise<Plugins> {
  const [datasourcePlugin, panelPlugin, appPlugin] = await Promise.all([
    importPlugin<DataSourcePlugin<DataSourceApi>>(plugins[instance.type].module, version),
    importPlugin<PanelPlugin>(plugins[PANEL].module, version),
    importPlugin<AppPlugin>(plugins[APP].module, version),
  ]);
  appPlugin.meta = { ...plugins[APP] } as typeof appPlugin.meta;
  datasourcePlugin.meta = { ...plugins[instance.type] } as typeof datasourcePlugin.meta;
  panelPlugin.meta = { ...plugins[PANEL] } as typeof panelPlugin.meta;
  const datasource = new datasourcePlugin.DataSourceClass(instance);
  datasource.meta = datasourcePlugin.meta;
  return { datasource, datasourcePlugin, panelPlugin, appPlugin, settings: instance };
}
