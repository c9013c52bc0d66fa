import { expect, test } from '../fixtures';

test.beforeEach(async ({ driver, flameGraph }) => {
  await driver.open();
  await expect(flameGraph.graph()).toBeVisible({ timeout: 30_000 });
});

test('a click zooms in and Back returns', async ({ flameGraph }) => {
  const box = await flameGraph.graph().boundingBox();
  await flameGraph.graph().click({ position: { x: (box?.width ?? 100) / 3, y: 50 } });
  await expect(flameGraph.zoom().getByRole('button', { name: 'Back' })).toBeVisible();
  await flameGraph.zoom().getByRole('button', { name: 'Back' }).click();
  await expect(flameGraph.zoom().getByRole('button', { name: 'Back' })).toBeHidden();
});

test('a search says how much it found', async ({ flameGraph, driver }) => {
  const name = (await flameGraph.rows().first().getAttribute('title')) ?? '';
  await flameGraph.search().fill(name);
  await expect(driver.flamePanel().getByRole('status').filter({ hasText: '%' })).toBeVisible();
});

test('the panel follows the size of the window', async ({ driver, flameGraph }) => {
  const width = async () => (await flameGraph.graph().boundingBox())?.width ?? 0;
  const before = await width();
  await driver.page.setViewportSize({ width: 900, height: 900 });
  await expect.poll(width).toBeLessThan(before);
  await expect.poll(width).toBeGreaterThan(200);
});

test('a diff is drawn as one: both sides told, their difference coloured and sorted by', async ({ driver, flameGraph }) => {
  await driver.open({
    queryType: 'diff', profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    labelSelector: '{service_name="checkout"}', baseline: { labelSelector: '{service_name="catalogue"}' },
  });
  const colours = driver.flamePanel().getByRole('note', { name: 'Colours' });
  await expect(colours).toContainText(/gone.*half.*same.*double.*new/, { timeout: 30_000 });
  await expect(flameGraph.zoom()).toContainText(/in the baseline, .* in the comparison/);
  await flameGraph.graph().hover({ position: { x: 40, y: 10 } });
  await expect(driver.flamePanel().getByRole('tooltip')).toContainText(/Baseline.*100% of all.*Comparison.*100% of all.*Share±0 percentage points/);
  // What only the comparison has comes first, and last when turned.
  const heading = flameGraph.functions().getByRole('columnheader', { name: /^Difference/ });
  await expect(heading).toHaveAttribute('aria-sort', 'descending');
  const difference = flameGraph.rows().first().getByRole('cell').last();
  await expect(difference).toContainText(/^\+.* pp$/);
  await heading.click();
  await expect(difference).toContainText(/^−.* pp$/);
});
