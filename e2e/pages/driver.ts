import type { Locator, Page } from '@playwright/test';

/** Where the specs play: the workbench, or Explore of a Grafana. */
export interface Driver {
  readonly page: Page;
  /** Opens an untouched query; `state` is the query's JSON where one is to be opened. */
  open(state?: Record<string, unknown>): Promise<void>;
  /** The query editor. */
  editor(): Locator;
  /** The flame graph's panel. */
  flamePanel(): Locator;
  runQuery(): Promise<void>;
  /** What is said when a query fails. */
  failure(): Locator;
  setTheme(theme: 'dark' | 'light'): Promise<void>;
  /** The query as the address of the page says it. */
  queryInUrl(): Record<string, unknown>;
}

/** The parts of the flame graph panel, wherever it stands. */
export class FlameGraph {
  constructor(private readonly panel: Locator) {}

  readonly graph = () => this.panel.getByRole('tree', { name: /^Flame graph/ });
  readonly functions = () => this.panel.getByRole('table', { name: 'Functions' });
  readonly rows = () => this.functions().getByRole('row').filter({ has: this.panel.page().getByRole('cell') });
  readonly search = () => this.panel.getByLabel('Search functions');
  readonly zoom = () => this.panel.getByRole('navigation', { name: 'Zoom' });
}

/** The parts of the query editor, wherever it stands. */
export class QueryEditor {
  constructor(readonly root: Locator) {}

  readonly service = () => this.root.getByLabel('Service', { exact: true });
  readonly profileType = () => this.root.getByLabel('Profile type', { exact: true });
  readonly selector = () => this.root.getByLabel('Selector', { exact: true });
  readonly suggestions = () => this.root.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
  readonly options = () => this.root.getByRole('button', { name: 'Options' });

  /** Chooses from one of Grafana's comboboxes. */
  async choose(field: Locator, option: string) {
    await field.click();
    await this.root.page().getByRole('option', { name: option, exact: true }).first().click();
  }
}
