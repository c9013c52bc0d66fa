import { expect, test } from '../fixtures';

test('settings are saved, tested and kept @workbench', async ({ driver, page }) => {
  await driver.open();
  await page.getByRole('radio', { name: 'Settings' }).check();
  await expect(page.getByLabel('Max nodes')).toBeVisible();
  await page.getByLabel('Max nodes').fill('4096');
  await page.getByLabel('Max nodes').press('Enter');
  await page.getByRole('button', { name: 'Save & test' }).click();
  await expect(page.getByRole('status').or(page.getByRole('alert')).filter({ hasText: /working|ok|connected/i })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Max nodes')).toHaveValue('4096');
});

test('a wrong setting is explained @workbench', async ({ driver, page }) => {
  await driver.open();
  await page.getByRole('radio', { name: 'Settings' }).check();
  await page.getByLabel('Minimal step').fill('soon');
  await page.getByLabel('Minimal step').press('Enter');
  await expect(page.getByText('"soon" is no duration')).toBeVisible();
});
