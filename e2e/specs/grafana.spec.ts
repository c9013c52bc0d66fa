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
