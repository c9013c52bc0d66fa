import { expect, test, type Page } from '@playwright/test';
import { CPU, Explore, FIRELINE, PROMETHEUS, latencyOf, type ExploreQuery } from '../pages/explore';

// Links that lead nowhere through Grafana's own data sources, provisioned and read-only; and the same through ours.
const { GRAFANA_URL } = process.env;

test.skip(!GRAFANA_URL, 'GRAFANA_URL is not given');
test.use({ baseURL: GRAFANA_URL });

const PYROSCOPE = { type: 'grafana-pyroscope-datasource', uid: 'pyroscope' };

/** Skips where this Grafana has no such data source. A person cannot change it, as it is provisioned. */
async function needs(page: Page, uid: string) {
  const answer = await page.request.get(`/api/datasources/uid/${uid}`);
  test.skip(!answer.ok(), `needs the provisioned data source ${uid}`);
  expect((await answer.json()).readOnly, `${uid} is read-only`).toBe(true);
}

/** Skips where the service has sent no exemplars in the last minutes. */
async function needsExemplars(page: Page, service: string) {
  const query = `http_server_request_duration_seconds_bucket{service_name="${service}"}`;
  const window = { start: String(Date.now() / 1000 - 300), end: String(Date.now() / 1000) };
  const answer = await page.request.get('/api/datasources/proxy/uid/prometheus/api/v1/query_exemplars', { params: { query, ...window } });
  const found = answer.ok() ? (await answer.json()).data : [];
  test.skip(found.length === 0, `needs exemplars of ${service} in the data source prometheus`);
}

test.describe('exemplars that carry traceID, where the data source expects trace_id', () => {
  test.beforeEach(async ({ page }) => {
    await needs(page, 'prometheus');
    await needsExemplars(page, 'checkout');
  });

  test('exemplars called traceID lead nowhere through the core data source @grafana', async ({ page }) => {
    const explore = new Explore(page);
    const settings = await (await page.request.get('/api/datasources/uid/prometheus')).json();
    expect(settings.jsonData.exemplarTraceIdDestinations).toEqual([{ name: 'trace_id', datasourceUid: 'tempo' }]);
    // Of a service that calls its label so, there is a link: the data source does what it says.
    await explore.open({ datasource: PROMETHEUS, ...latencyOf('catalogue') });
    await explore.clickDiamond();
    await expect(explore.exemplar().getByRole('link')).toHaveCount(1);

    await explore.open({ datasource: PROMETHEUS, ...latencyOf('checkout') });
    await explore.clickDiamond();
    expect(await explore.labelOfExemplar('traceID')).toMatch(/^[0-9a-f]{32}$/);
    await expect(explore.exemplar().getByRole('link')).toHaveCount(0);
  });

  const ways: Record<string, ExploreQuery> = {
    'through Fireline': { datasource: FIRELINE, queryType: 'promql', ...latencyOf('checkout') },
    'through Fireline in front of the core data source': {
      datasource: FIRELINE,
      queryType: 'wrap',
      inner: { datasource: PROMETHEUS, ...latencyOf('checkout') },
    },
  };
  for (const [way, query] of Object.entries(ways)) {
    test(`exemplars called traceID lead to their trace ${way} @grafana`, async ({ page }) => {
      const explore = new Explore(page);
      await explore.open(query);
      await explore.clickDiamond();
      const traceId = await explore.labelOfExemplar('trace_id');
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      await explore.exemplar().getByRole('link', { name: 'Trace in Jaeger' }).click();
      await expect(explore.trace()).toHaveText(/^checkout: /, { timeout: 30_000 });
      await expect(page.getByText(traceId, { exact: true }).last()).toBeVisible();
    });
  }
});

test.describe('a span whose selector asks for a label that no profile has', () => {
  const selector = '{service_name="invoicing", service_namespace="shop"}';

  /** The slowest of the traces whose profiles have arrived. */
  async function aTrace(page: Page) {
    const [start, end] = [Date.now() - 300_000, Date.now() - 60_000];
    const search = { queryType: 'search', service: 'invoicing', limit: 20 };
    const query = { refId: 'A', datasource: { type: 'jaeger', uid: 'traces-to-fireline' }, ...search };
    const answer = await page.request.post('/api/ds/query', { data: { queries: [query], from: String(start), to: String(end) } });
    const { frames } = (await answer.json()).results.A;
    const { schema, data } = frames[0];
    const column = (name: string): unknown[] => data.values[schema.fields.findIndex((field: { name: string }) => field.name === name)];
    const durations = column('duration') as number[];
    const longest = durations.indexOf(Math.max(...durations));
    return String(column('traceID')[longest]);
  }

  test.beforeEach(async ({ page }) => {
    await needs(page, 'traces-to-pyroscope');
    await needs(page, 'traces-to-fireline');
  });

  test('a span whose profiles lack a label has no flame graph through Pyroscope, and one through Fireline @grafana', async ({ page }) => {
    const explore = new Explore(page);
    const traceId = await aTrace(page);
    const opened = async (uid: string) => {
      const asked = page.waitForRequest((request) => request.url().includes('/api/ds/query') && !!request.postData()?.includes('span-flamegraph'));
      await explore.open({ datasource: { type: 'jaeger', uid }, query: traceId }, 'now-1h');
      await explore.rootSpan().click();
      const request = await asked;
      expect(request.postDataJSON().queries[0].labelSelector).toBe(selector);
      expect((await (await request.response())?.json())?.results).toBeDefined();
    };
    const flameGraph = explore.spanDetails().getByText('Flame graph', { exact: true });
    await opened('traces-to-pyroscope');
    await expect(explore.spanDetails()).toBeVisible();
    await expect(flameGraph).toHaveCount(0);
    await opened('traces-to-fireline');
    await expect(flameGraph).toBeVisible();
  });

  test('the same link opened in Explore says what was left out, where Pyroscope says nothing @grafana', async ({ page }) => {
    const explore = new Explore(page);
    const traceId = await aTrace(page);
    const asked = page.waitForRequest((request) => !!request.postData()?.includes('span-flamegraph'));
    await explore.open({ datasource: { type: 'jaeger', uid: 'traces-to-fireline' }, query: traceId }, 'now-1h');
    await explore.rootSpan().click();
    const { spanSelector } = (await asked).postDataJSON().queries[0];
    const query = { queryType: 'profile', profileTypeId: CPU, labelSelector: selector, groupBy: [], spanSelector };

    await explore.open({ datasource: PYROSCOPE, ...query }, 'now-15m');
    await expect(page.getByText(/^0 ns \| 0 samples/)).toBeVisible();
    await expect(page.getByText(/service_namespace=.* because/)).toHaveCount(0);

    await explore.open({ datasource: FIRELINE, ...query }, 'now-15m');
    const panel = page.getByRole('region', { name: 'Fireline flame graph' });
    await expect(panel.getByRole('tree', { name: /^Flame graph/ })).toBeVisible();
    await expect(panel.getByText(/Left out service_namespace="shop", because no profile of this service has the label/).first()).toBeVisible();
  });
});
