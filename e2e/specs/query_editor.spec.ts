import { expect, test } from '../fixtures';

test.beforeEach(async ({ driver, editor }) => {
  await driver.open();
  await expect(editor.service()).not.toHaveValue('', { timeout: 30_000 });
});

test('another service changes the selector and the query', async ({ driver, editor, flameGraph }) => {
  await editor.service().click();
  const other = driver.page.getByRole('option').filter({ hasNotText: await editor.service().inputValue() }).first();
  const name = (await other.innerText()).trim();
  await other.click();
  await expect(editor.selector()).toHaveValue(`{service_name="${name}"}`);
  await expect.poll(() => driver.queryInUrl().labelSelector).toBe(`{service_name="${name}"}`);
  await expect(flameGraph.graph()).toBeVisible();
});

test('label names and values are completed', async ({ editor }) => {
  await editor.selector().click();
  await editor.selector().press('End');
  await editor.selector().press('ArrowLeft');
  await editor.selector().pressSequentially(', ');
  await expect(editor.suggestions().first()).toBeVisible();
  const label = (await editor.suggestions().first().locator('span').first().innerText()).trim();
  await editor.selector().press('Enter');
  await expect(editor.selector()).toHaveValue(new RegExp(`, ${label}=""}$`));
  await expect(editor.suggestions().first()).toContainText('value');
});

test('a wrong selector is explained at its place', async ({ driver, editor }) => {
  await editor.selector().fill('{service_name=checkout}');
  await editor.selector().press('Tab');
  await expect(editor.root.getByText('expected a quoted label value').first()).toBeVisible();
  await expect(editor.root.locator('pre')).toHaveText('{service_name=checkout}\n              ^');
  await driver.runQuery();
  await expect(driver.failure()).toContainText('at 14');
});

test('a query of all services waits for a click and says why', async ({ driver, editor, flameGraph }) => {
  await editor.selector().fill('{}');
  await editor.selector().press('Tab');
  await expect(editor.root.getByText('names no service')).toBeVisible();
  await expect(flameGraph.graph()).toBeHidden();
  await editor.root.getByRole('button', { name: 'Run it all the same' }).click();
  await expect(flameGraph.graph()).toBeVisible();
  await expect.poll(() => driver.queryInUrl().allServices).toBe(true);
});

test('options change the query', async ({ driver, editor }) => {
  await editor.options().click();
  await editor.root.getByLabel('Max nodes').fill('64');
  await editor.root.getByLabel('Max nodes').press('Enter');
  await expect.poll(() => driver.queryInUrl().maxNodes).toBe(64);
  await editor.root.getByRole('radio', { name: 'Flame graph' }).check();
  await expect.poll(() => driver.queryInUrl().queryType).toBe('profile');
});
