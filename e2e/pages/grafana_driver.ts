import type { Page } from '@playwright/test';
import type { Driver } from './driver';

const TYPE = 'fireline-profiles-datasource';

/** A row of a query, as Grafana calls it since 13.1 and before. */
const QUERY_ROW = '[data-testid="data-testid Query editor row"], [data-testid="query-editor-row"]';

/** Plays in Explore of a Grafana that has the bundle and a provisioned datasource. */
export class GrafanaDriver implements Driver {
  constructor(
    readonly page: Page,
    private readonly url: string,
    /** The datasource's uid. */
    private readonly uid: string
  ) {}

  async open(state?: Record<string, unknown>) {
    const query = { refId: 'A', datasource: { type: TYPE, uid: this.uid }, ...state };
    const panes = { a: { datasource: this.uid, queries: [query], range: { from: 'now-15m', to: 'now' } } };
    const url = new URL('explore', this.url);
    url.searchParams.set('schemaVersion', '1');
    url.searchParams.set('panes', JSON.stringify(panes));
    await this.page.goto(url.href);
    await this.editor().waitFor();
  }

  editor = () => this.page.locator(QUERY_ROW).first();
  flamePanel = () => this.page.getByRole('region', { name: 'Fireline flame graph' });
  /** Below the editor in the query's row; Grafana gives it no name. */
  failure = () => this.editor().locator('.query-editor-row > :last-child:not(:first-child)');

  async runQuery() {
    await this.page.getByTestId('data-testid RefreshPicker run button').click();
  }

  async setTheme(theme: 'dark' | 'light') {
    const url = new URL(this.page.url());
    url.searchParams.set('theme', theme);
    await this.page.goto(url.href);
  }

  queryInUrl() {
    const panes = JSON.parse(new URL(this.page.url()).searchParams.get('panes') ?? '{}');
    return (Object.values(panes) as Array<{ queries: Array<Record<string, unknown>> }>)[0]?.queries[0] ?? {};
  }
}
