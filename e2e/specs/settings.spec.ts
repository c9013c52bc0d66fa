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

test('data sources that links lead to are chosen by name and kept @workbench', async ({ driver, page }) => {
  await driver.open();
  await page.getByRole('radio', { name: 'Settings' }).check();
  const logs = page.getByRole('group', { name: 'Links to logs' }).getByRole('combobox');
  await logs.click();
  await page.getByRole('option', { name: 'Fireline' }).click();
  await page.getByRole('button', { name: 'Save & test' }).click();
  await expect(page.getByRole('status').or(page.getByRole('alert')).first()).toBeVisible();
  await page.reload();
  const remove = page.getByRole('group', { name: 'Links to logs' }).getByRole('button', { name: 'Remove Fireline' });
  await remove.click();
  await page.getByRole('button', { name: 'Save & test' }).click();
  await expect(page.getByRole('status').or(page.getByRole('alert')).first()).toBeVisible();
  await page.reload();
  await expect(logs).toBeVisible();
  await expect(remove).toHaveCount(0);
});

test('a pasted exemplar shows which trace it leads to @workbench', async ({ driver, page }) => {
  await driver.open();
  await page.getByRole('radio', { name: 'Settings' }).check();
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  await page.getByLabel('Try an exemplar').fill(`# {request="${trace}"} 0.43`);
  await expect(page.getByText('No label of it holds a trace id')).toBeVisible();
  await page.getByLabel('Trace id labels').fill('request');
  await page.getByLabel('Trace id labels').press('Enter');
  await expect(page.getByText('It leads to a trace, by the label "trace_id"')).toBeVisible();
  await expect(page.getByRole('definition')).toHaveText(trace);
  await page.screenshot({ path: test.info().outputPath('settings.png'), fullPage: true });
});

test('a token of the metrics server is kept and never shown @workbench', async ({ driver, page }) => {
  await driver.open();
  await page.getByRole('radio', { name: 'Settings' }).check();
  const token = page.getByLabel('Metrics token');
  await token.fill('s3cret');
  await token.blur();
  await expect(token).toBeDisabled();
  await expect(token).not.toHaveValue('s3cret');
  await page.getByRole('button', { name: 'Save & test' }).click();
  await expect(page.getByRole('alert').or(page.getByRole('status')).first()).toBeVisible();
  await page.reload();
  await expect(token).toBeDisabled();
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(token).toBeEnabled();
});
