import { expect, test } from '../fixtures';

/** The React that a project of the tests stands for. */
const REACT = { workbench: /^18\./, 'grafana-13': /^19\./, 'grafana-11': /^18\./ };

test('the page has the React that it is meant to have @workbench', async ({ driver }, info) => {
  await driver.open();
  await expect(driver.editor()).toBeVisible({ timeout: 30_000 });
  const { version } = await driver.page.evaluate(async () => {
    const { version } = await (window as unknown as { System: { import(name: string): Promise<{ version: string }> } }).System.import('react');
    return { version };
  });
  expect(version).toMatch(REACT[info.project.name as keyof typeof REACT]);
});

test('the trail opens and asks for a service @workbench', async ({ driver }) => {
  await driver.open();
  await driver.page.getByRole('radio', { name: 'Trail' }).check({ force: true });
  await expect(driver.page).toHaveURL(/\/fireline-profiles-app\/trail/);
  await expect(driver.page.getByLabel('Service', { exact: true })).toBeVisible({ timeout: 30_000 });
});
