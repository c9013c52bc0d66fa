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
  const name = (await flameGraph.rows().first().getByRole('cell').first().innerText()).trim();
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
