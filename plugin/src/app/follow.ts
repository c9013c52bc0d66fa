import { AppEvents, type ScopedVars } from '@grafana/data';
import { getAppEvents, getDataSourceSrv, getTemplateSrv, locationService } from '@grafana/runtime';
import { loadPages } from '../wasm/load_pages';

const OWN_TYPE = 'fireline-profiles-datasource';

/** Goes where a link of ours on one of Grafana's own pages leads, or says why it leads nowhere. */
export async function follow(point: string, goal: string, clicked: { scopedVars?: ScopedVars } = {}) {
  try {
    const pages = await loadPages();
    const [own] = getDataSourceSrv().getList({ type: OWN_TYPE });
    const { uid = '', name = '', type = OWN_TYPE, jsonData = {} } = own ?? {};
    const context = { own: { uid, name, type }, settings: { ...jsonData } };
    const replace = (text: string, format: string) => getTemplateSrv().replace(text, clicked.scopedVars, format);
    locationService.push(pages.extensionPath(point, goal, clicked, context, replace));
  } catch (error) {
    getAppEvents().publish({ type: AppEvents.alertWarning.name, payload: ['Fireline', error instanceof Error ? error.message : String(error)] });
  }
}
