import { expect, test } from '../fixtures';

test('a fresh query shows a flame graph without typing', async ({ driver, editor, flameGraph }) => {
  await driver.open();
  await expect(flameGraph.graph()).toBeVisible({ timeout: 30_000 });
  await expect(editor.service()).not.toHaveValue('');
  await expect(editor.profileType()).toHaveValue(/cpu/);
  await expect(flameGraph.rows().first()).toBeVisible();
});

test('a link to the page shows the same query again', async ({ driver, editor }) => {
  await driver.open();
  await expect(editor.service()).not.toHaveValue('', { timeout: 30_000 });
  await expect.poll(() => driver.queryInUrl().labelSelector).toMatch(/service_name/);
  const query = driver.queryInUrl();
  await driver.page.reload();
  await expect(editor.selector()).toHaveValue(String(query.labelSelector));
});

test('the theme can be changed', async ({ driver, flameGraph }) => {
  await driver.open();
  await expect(flameGraph.graph()).toBeVisible({ timeout: 30_000 });
  const background = () => driver.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await driver.setTheme('dark');
  const dark = await background();
  await driver.setTheme('light');
  await expect.poll(background).not.toBe(dark);
  await expect(flameGraph.graph()).toBeVisible();
});
