import type { Locator, Page } from '@playwright/test';

/** A query of a datasource, as Grafana's addresses and panels hold it. */
export interface ExploreQuery {
  datasource: { type: string; uid: string };
  [field: string]: unknown;
}

export const FIRELINE = { type: 'fireline-profiles-datasource', uid: process.env.GRAFANA_DATASOURCE ?? 'fireline' };
export const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' };
export const CPU = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

/** How long all but the slowest twentieth of a service's requests take, with its exemplars. */
export const latencyOf = (service: string) => ({
  expr: `histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{service_name="${service}"}[1m])))`,
  range: true,
  exemplar: true,
});

/** Explore of a Grafana, for one query. */
export class Explore {
  constructor(readonly page: Page) {}

  async open(query: ExploreQuery, from = 'now-5m') {
    const panes = { a: { datasource: query.datasource.uid, queries: [{ refId: 'A', ...query }], range: { from, to: 'now' } } };
    await this.page.goto(`/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify(panes))}`);
  }

  readonly diamonds = () => this.page.getByTestId('data-testid Exemplar marker');
  /** What is told of the diamond that was clicked: Grafana gives it no role. */
  readonly exemplar = () => this.page.getByText('Exemplar', { exact: true }).locator('xpath=ancestor::div[contains(@style, "position")][1]');
  readonly trace = () => this.page.getByRole('heading', { name: /^[a-z]+: [A-Z]+ / });
  readonly rootSpan = () => this.page.locator('button[role="switch"]').first();
  readonly spanDetails = () => this.page.getByTestId('span-detail-component');
  readonly spanLinks = () => this.page.getByTestId('SpanLinksMenu').first();

  /** Opens what is told of one of the newer diamonds: those at the very end may be of requests whose trace is still on its way. */
  async clickDiamond(which: Locator = this.diamonds()) {
    await which.first().waitFor({ timeout: 40_000 });
    const count = await which.count();
    // Diamonds lie upon each other, so that a click may be another's: any will do.
    await which.nth(Math.floor(count * 0.6)).click({ force: true });
    await this.exemplar().waitFor();
  }

  /** The value of a label that is told of a diamond. */
  async labelOfExemplar(name: string) {
    const [, value] = new RegExp(`^${name}\\s+(\\S+)$`, 'm').exec(await this.exemplar().innerText()) ?? [];
    return value;
  }
}
