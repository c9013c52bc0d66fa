import { expect, test, type Locator } from '@playwright/test';
import { CPU, Explore, FIRELINE } from '../pages/explore';

// Our frames in Grafana's own panels: whoever has no panel of ours sees the same data.
const { GRAFANA_URL } = process.env;

test.skip(!GRAFANA_URL, 'GRAFANA_URL is not given');
test.use({ baseURL: GRAFANA_URL });

const UID = 'fireline-browser-tests';

const query = (change: object) => ({
  refId: 'A',
  datasource: FIRELINE,
  queryType: 'profile',
  profileTypeId: CPU,
  labelSelector: '{service_name="invoicing"}',
  groupBy: [],
  spanSelector: [],
  ...change,
});

const diff = query({ queryType: 'diff', baseline: { labelSelector: '{service_name="catalogue"}' } });
const heatmap = query({ queryType: 'heatmap', heatmapType: 'span', labelSelector: '{service_name="checkout"}' });

test.beforeAll(async ({ playwright }) => {
  const panel = (id: number, type: string, title: string, target: object) => ({
    ...{ id, type, title, datasource: FIRELINE, targets: [target] },
    gridPos: { x: 0, y: id * 12, w: 24, h: 12 },
  });
  const dashboard = {
    uid: UID,
    title: 'Browser tests of Fireline',
    time: { from: 'now-15m', to: 'now' },
    panels: [panel(1, 'flamegraph', 'Diff', diff), panel(2, 'heatmap', 'Spans', heatmap)],
  };
  const api = await playwright.request.newContext({ baseURL: GRAFANA_URL });
  const saved = await api.post('/api/dashboards/db', { data: { dashboard, overwrite: true } });
  expect(saved.status(), await saved.text()).toBe(200);
  await api.dispose();
});

test.afterAll(async ({ playwright }) => {
  const api = await playwright.request.newContext({ baseURL: GRAFANA_URL });
  await api.delete(`/api/dashboards/uid/${UID}`);
  await api.dispose();
});

/** Which colours a panel's canvases show over more than a few pixels: how many, and whether pure green and red are there. */
async function coloursOf(panel: Locator) {
  return panel.locator('canvas').evaluateAll((canvases) => {
    const counts = new Map<string, number>();
    for (const canvas of canvases as HTMLCanvasElement[]) {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      for (let at = 0; at < data.length; at += 4) {
        const colour = `${data[at]},${data[at + 1]},${data[at + 2]}`;
        if (data[at + 3] === 255) {
          counts.set(colour, (counts.get(colour) ?? 0) + 1);
        }
      }
    }
    const colours = [...counts].filter(([, count]) => count > 40).map(([colour]) => colour.split(',').map(Number));
    return {
      count: colours.length,
      green: colours.some(([red, green, blue]) => green > 120 && red < 60 && blue < 60),
      red: colours.some(([red, green, blue]) => red > 120 && green < 60 && blue < 60),
    };
  });
}

test('a diff is drawn by the flame graph panel of Grafana @grafana', async ({ page }) => {
  await page.goto(`/d/${UID}?viewPanel=panel-1`);
  const panel = page.getByTestId('data-testid Panel header Diff');
  for (const column of ['Baseline', 'Comparison', 'Diff']) {
    await expect(panel.getByRole('columnheader', { name: column })).toBeVisible({ timeout: 30_000 });
  }
  // What only the baseline has is green there, and what only the query has is red.
  await expect(panel.getByText('+100% (added)')).toBeVisible();
  await expect.poll(() => coloursOf(panel)).toMatchObject({ green: true, red: true });
});

test('a heatmap of spans is drawn by the heatmap panel of Grafana @grafana', async ({ page }) => {
  await page.goto(`/d/${UID}?viewPanel=panel-2`);
  const panel = page.getByTestId('data-testid Panel header Spans');
  await expect.poll(async () => (await coloursOf(panel)).count, { timeout: 30_000 }).toBeGreaterThan(4);
  await expect(panel.getByText(/No data|Error/)).toHaveCount(0);
});

test('a heatmap is a heatmap in Explore as well @grafana', async ({ page }) => {
  await new Explore(page).open(heatmap, 'now-15m');
  const panel = page.getByRole('region', { name: 'Heatmap', exact: true });
  await expect(panel).toBeVisible({ timeout: 30_000 });
  await expect.poll(async () => (await coloursOf(panel)).count).toBeGreaterThan(4);
});
