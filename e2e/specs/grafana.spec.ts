import { expect, test } from '@grafana/plugin-e2e';

// Only a real Grafana has these: dashboards, variables, its own config page.
const { GRAFANA_URL, GRAFANA_DATASOURCE = 'fireline' } = process.env;

test.skip(!GRAFANA_URL, 'GRAFANA_URL is not given');
test.use({ baseURL: GRAFANA_URL });

test('the datasource is healthy on its config page @grafana', async ({ page }) => {
  await page.goto(`/connections/datasources/edit/${GRAFANA_DATASOURCE}`);
  await expect(page.getByText('Service label')).toBeVisible();
  await page.getByRole('button', { name: /^(Save & test|Test)$/ }).click();
  await expect(page.getByTestId('data-testid Alert success')).toBeVisible();
});

test('a panel of a dashboard shows the flame graph @grafana', async ({ panelEditPage, page }) => {
  await panelEditPage.datasource.set('Fireline');
  await panelEditPage.setVisualization('Fireline flame graph');
  await expect(page.getByRole('tree', { name: /^Flame graph/ })).toBeVisible();
});

test('a template variable offers the services @grafana', async ({ variableEditPage, page }) => {
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set('Fireline');
  await page.getByLabel('Values', { exact: true }).click();
  await page.getByRole('option', { name: 'Label values' }).click();
  await page.getByLabel('Label', { exact: true }).fill('service_name');
  await page.keyboard.press('Enter');
  await variableEditPage.runQuery();
  await expect(variableEditPage).toDisplayPreviews([/./]);
});

test('every panel of the provisioned dashboard asks for the service that is chosen @grafana', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => request.url().includes('/api/ds/query') && asked.push(request.postData() ?? ''));
  for (const service of ['checkout', 'invoicing']) {
    asked.length = 0;
    await page.goto(`/d/fireline-service?from=now-15m&to=now&var-service=${service}&refresh=`);
    for (const title of ['Requests of SERVICE', 'Latency of SERVICE', 'CPU of SERVICE', 'Where SERVICE spends it', 'Where SERVICE spends it, against the day before']) {
      const panel = page.getByTestId(`data-testid Panel header ${title.replace('SERVICE', service)}`);
      await panel.scrollIntoViewIfNeeded();
      await expect(panel).toBeVisible({ timeout: 30_000 });
      await expect(panel.getByTestId('data-testid Panel status error')).toHaveCount(0);
    }
    const graph = page.getByTestId(`data-testid Panel header Where ${service} spends it`).getByRole('tree', { name: /^Flame graph/ });
    await expect(graph).toBeVisible({ timeout: 30_000 });
    await expect.poll(() => asked.filter((text) => text.includes(`\\"${service}\\"`)).length).toBeGreaterThanOrEqual(5);
    expect(asked.filter((text) => text.includes('$service'))).toEqual([]);
    const diff = asked.map((text) => JSON.parse(text).queries[0]).find(({ queryType }) => queryType === 'diff');
    expect(diff).toMatchObject({ labelSelector: `{service_name="${service}"}`, baseline: { offset: '1d' } });
  }
});
