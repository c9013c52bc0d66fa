import type { PanelModel } from '@grafana/data';
import type { PanelOptions } from 'fireline-wasm';
import { loadFireline } from '../wasm/load';

/**
 * The saved options as this version writes them; as they are where the wasm does not load.
 * Never rejects: a panel whose migration fails is not mounted, and could not say why.
 */
export function migrate(panel: Pick<PanelModel<Partial<PanelOptions>>, 'options'>): Promise<Partial<PanelOptions>> {
  const options = panel.options ?? {};
  return loadFireline().then((fireline) => fireline.migratePanelOptions(options), () => options);
}
