import { expect, test, type Page } from '@playwright/test';
import { Explore, PROMETHEUS, latencyOf } from '../pages/explore';

// Our links on Grafana's own pages: each is clicked, and leads to what the page was about.
const { GRAFANA_URL } = process.env;

test.skip(!GRAFANA_URL, 'GRAFANA_URL is not given');
test.use({ baseURL: GRAFANA_URL });

const SERVICE = 'checkout';

const flameGraph = (page: Page) => page.getByRole('region', { name: 'Fireline flame graph' }).getByRole('tree', { name: /^Flame graph/ });
const card = (page: Page, title: RegExp) => page.getByRole('region', { name: title });
const param = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

/** The query of Explore, as the address says it. */
function query(page: Page) {
  const [pane] = Object.values(JSON.parse(param(page, 'panes') ?? '{}')) as Array<{ queries: Array<Record<string, unknown>> }>;
  return pane?.queries[0];
}

/** Clicks one of our links in the menu of a panel. */
async function clickInMenu(page: Page, panel: string, link: string) {
  await page.getByTestId(`data-testid Panel header ${panel}`).hover();
  await page.getByTestId(`data-testid Panel menu ${panel}`).click();
  await page.getByRole('menuitem', { name: 'Extensions' }).hover();
  await page.getByRole('menuitem', { name: link, exact: true }).click();
}

async function openDashboard(page: Page) {
  await page.goto(`/d/fireline-service?from=now-15m&to=now&var-service=${SERVICE}&refresh=`);
  await expect(page.getByTestId(`data-testid Panel header Latency of ${SERVICE}`)).toBeVisible({ timeout: 30_000 });
}

/** The newest traces of the service; skips where there are none. */
async function traces(page: Page, tracer: string): Promise<string[]> {
  const [to, from] = [Date.now() - 60_000, Date.now() - 600_000];
  const search = { refId: 'A', datasource: { uid: tracer, type: tracer }, queryType: 'search', service: SERVICE, limit: 5 };
  const answer = await page.request.post('/api/ds/query', { data: { from: String(from), to: String(to), queries: [search] } });
  const { schema, data } = (await answer.json()).results?.A?.frames?.[0] ?? { schema: { fields: [] }, data: { values: [] } };
  const found: string[] = data.values[schema.fields.findIndex(({ name }: { name: string }) => name === 'traceID')] ?? [];
  test.skip(found.length === 0, `needs traces of ${SERVICE} in the data source ${tracer}`);
  return found;
}

async function openTrace(page: Page) {
  const [traceId] = await traces(page, 'jaeger');
  const explore = new Explore(page);
  await explore.open({ datasource: { type: 'jaeger', uid: 'jaeger' }, query: traceId }, 'now-1h');
  await expect(explore.trace()).toBeVisible({ timeout: 30_000 });
  return { explore, traceId: traceId ?? '' };
}

test("a panel's menu leads to the profiles of the service that its variable names @grafana", async ({ page }) => {
  await openDashboard(page);
  await clickInMenu(page, `Latency of ${SERVICE}`, 'Profiles for this');
  await expect(flameGraph(page)).toBeVisible({ timeout: 30_000 });
  expect(query(page)).toMatchObject({ queryType: 'both', labelSelector: `{service_name="${SERVICE}"}` });
});

test("a panel's menu leads to the trail of its metric @grafana", async ({ page }) => {
  await openDashboard(page);
  await clickInMenu(page, `Latency of ${SERVICE}`, 'Trail');
  await expect(page.getByRole('group', { name: 'Series and exemplars' })).toBeVisible({ timeout: 30_000 });
  expect(param(page, 'expr')).toContain(`{service_name="${SERVICE}"}`);
  expect(param(page, 'metrics')).toBe('prometheus');
  expect(param(page, 'from')).toBe('now-15m');
});

test("Explore's toolbar leads to the profiles of the service that is explored @grafana", async ({ page }) => {
  await new Explore(page).open({ datasource: PROMETHEUS, ...latencyOf(SERVICE) }, 'now-10m');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Profiles for this' }).click();
  await expect(flameGraph(page)).toBeVisible({ timeout: 30_000 });
  expect(query(page)).toMatchObject({ labelSelector: `{service_name="${SERVICE}"}` });
});

test("Explore's toolbar leads to the trail of the query, at its time @grafana", async ({ page }) => {
  const [from, to] = [new Date(Date.now() - 600_000), new Date()].map(Number);
  const panes = { a: { datasource: PROMETHEUS.uid, queries: [{ refId: 'A', datasource: PROMETHEUS, ...latencyOf(SERVICE) }], range: { from: String(from), to: String(to) } } };
  await page.goto(`/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify(panes))}`);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Trail' }).click();
  await expect(page.getByRole('group', { name: 'Series and exemplars' })).toBeVisible({ timeout: 30_000 });
  expect(param(page, 'expr')).toBe(latencyOf(SERVICE).expr);
  expect(new Date(Number(param(page, 'from')) || param(page, 'from') || 0).getTime()).toBe(from);
  await expect(card(page, /^Metric/).getByRole('alert')).toHaveCount(0);
});

test("a trace's header leads to the profile of the whole trace @grafana", async ({ page }) => {
  const { traceId } = await openTrace(page);
  await page.getByRole('button', { name: 'Profile of this trace' }).click();
  await expect(flameGraph(page)).toBeVisible({ timeout: 30_000 });
  expect(query(page)).toMatchObject({ traceSelector: [traceId], labelSelector: '{}' });
});

test("a trace's header leads to its trail @grafana", async ({ page }) => {
  const { traceId } = await openTrace(page);
  await page.getByRole('button', { name: 'Trail' }).click();
  await expect(card(page, /^Profile of/).getByRole('tree', { name: /^Flame graph/ })).toBeVisible({ timeout: 40_000 });
  expect([param(page, 'trace'), param(page, 'traces'), param(page, 'service')]).toEqual([traceId, 'jaeger', SERVICE]);
  await expect(card(page, /^Metric/).getByLabel('PromQL')).toHaveValue(new RegExp(`"${SERVICE}"`));
});

test("a span's attributes lead to its profile and to its trail @grafana", async ({ page }) => {
  const { explore, traceId } = await openTrace(page);
  await explore.rootSpan().click();
  await explore.spanDetails().getByText('Span attributes').first().click();
  const links = explore.spanDetails().getByTestId('KeyValueTable');
  await links.getByRole('row', { name: /^pyroscope\.profile\.id/ }).getByTitle('Profile of this span').click();
  await expect(flameGraph(page)).toBeVisible({ timeout: 30_000 });
  expect(query(page)?.spanSelector).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
  // And back by one step: Explore took the link's address as it is.
  await page.goBack();
  await expect(explore.trace()).toBeVisible({ timeout: 30_000 });
  await explore.rootSpan().click();
  await explore.spanDetails().getByText('Span attributes').first().click();
  await links.getByRole('row', { name: /^http\.route/ }).getByTitle('Trail').click();
  await expect(card(page, /^Profile of/)).toBeVisible({ timeout: 40_000 });
  expect(param(page, 'trace')).toBe(traceId);
  expect(param(page, 'span')).toMatch(/^[0-9a-f]{16}$/);
});
