import { expect, test } from '../fixtures';

/** As the core Pyroscope datasource saved it, with another datasource's uid in its place. */
const saved = {
  refId: 'A',
  queryType: 'both',
  profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  labelSelector: '{service_name="checkout"}',
  groupBy: ['service_name'],
  spanSelector: [],
  hide: false,
};

test('a query that the core datasource saved is shown as it is', async ({ driver, editor, flameGraph }) => {
  await driver.open(saved);
  await expect(flameGraph.graph()).toBeVisible({ timeout: 30_000 });
  await expect(editor.selector()).toHaveValue(saved.labelSelector);
  await expect(editor.profileType()).toHaveValue(/cpu/);
  expect(driver.queryInUrl()).toMatchObject(saved);
});

test('after an edit the core datasource still has every field that it knows', async ({ driver, editor, flameGraph }) => {
  await driver.open(saved);
  await expect(flameGraph.graph()).toBeVisible({ timeout: 30_000 });
  await editor.options().click();
  await editor.root.getByLabel('Max nodes').fill('64');
  await editor.root.getByLabel('Max nodes').press('Enter');
  await expect.poll(() => driver.queryInUrl().maxNodes).toBe(64);
  expect(driver.queryInUrl()).toMatchObject({ ...saved, maxNodes: 64 });
});
