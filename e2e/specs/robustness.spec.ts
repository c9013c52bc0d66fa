import type { Request, Response } from '@playwright/test';
import { expect, ownStack, programs, test } from '../fixtures';
import { WorkbenchDriver } from '../pages/workbench_driver';
import { FlameGraph } from '../pages/driver';
import { expectFunctions } from '../pages/expect_functions';
import { heldServer } from '../held_server';
import { startEmptyStack, startStack } from '../stack';

test('a vanished wasm is told, never a blank page @workbench', async ({ driver, page }) => {
  await page.route('**/*.wasm', (route) => route.fulfill({ status: 404 }));
  await driver.open();
  await expect(page.getByText('Reload the page').first()).toBeVisible();
});

test('a policy that forbids wasm is told @workbench', async ({ driver, page }) => {
  await page.route(
    (url) => url.pathname.endsWith('/'),
    async (route) => {
      const response = await route.fetch();
      const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";
      await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
    }
  );
  await driver.open();
  await expect(page.getByText("Add 'wasm-unsafe-eval' to its script-src").first()).toBeVisible();
});

test('the page works under a strict content security policy @workbench', async ({ driver, page, url, flameGraph }) => {
  const violations: string[] = [];
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && violations.push(message.text()));
  const policy = (await page.request.get(url ?? '')).headers()['content-security-policy'];
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).not.toContain("'unsafe-eval'");
  await expectFunctions(driver, flameGraph, 'checkout', ['checkout'], 45_000);
  expect(violations).toEqual([]);
});

test('the bundle works below a sub path @workbench', async ({ page }) => {
  test.setTimeout(120_000);
  test.skip(!programs, 'needs a server of its own: FIRELINE_PROGRAMS is not given');
  const stack = await startStack(programs ?? '', '/grafana');
  try {
    const outside: string[] = [];
    page.on('request', (request) => !new URL(request.url()).pathname.startsWith('/grafana/') && outside.push(request.url()));
    const driver = new WorkbenchDriver(page, stack.url);
    await expectFunctions(driver, new FlameGraph(driver.flamePanel()), 'checkout', ['checkout'], 45_000);
    expect(new URL(page.url()).pathname).toBe('/grafana/');
    expect(outside).toEqual([]);
  } finally {
    await stack.stop();
  }
});

test('a page that is opened before the first profiles shows them by itself @workbench', async ({ page }) => {
  test.setTimeout(120_000);
  test.skip(!programs, 'needs a server of its own: FIRELINE_PROGRAMS is not given');
  const stack = await startEmptyStack(programs ?? '');
  try {
    const driver = new WorkbenchDriver(page, stack.url);
    await driver.open();
    await expect(page.getByText('No profiles in this time range')).toBeVisible();
    stack.startDemo();
    // Nothing is clicked.
    await expect(new FlameGraph(driver.flamePanel()).graph()).toBeVisible({ timeout: 60_000 });
    expect(driver.queryInUrl().labelSelector).toContain('service_name=');
  } finally {
    await stack.stop();
  }
});

test('a backend killed while it is asked is told, and the next query works @workbench', async ({ driver, page, stack, flameGraph }) => {
  const own = ownStack(stack);
  await driver.open();
  await expect(flameGraph.graph()).toBeVisible({ timeout: 30_000 });
  const asks = async (url: string) => expect(await page.request.put(`${own.url}api/datasources/uid/fireline`, { data: { url } })).toBeOK();
  const server = await heldServer(own.url, '/SelectMergeStacktraces');
  try {
    await asks(server.url);
    await driver.runQuery();
    await server.held;
    expect(own.killPlugin()).toBe(1);
    await expect(driver.failure()).toBeVisible();
    await expect(driver.failure()).toContainText('the plugin process ended');
  } finally {
    await asks('');
    server.stop();
  }
  await driver.runQuery();
  await expect(driver.failure()).toBeHidden();
  await expect(flameGraph.graph()).toBeVisible();
});

test('a killed backend is started again and the next query works @workbench', async ({ driver, page, stack, flameGraph }) => {
  const own = ownStack(stack);
  await driver.open();
  await expect(flameGraph.graph()).toBeVisible({ timeout: 30_000 });
  expect(own.killPlugin()).toBe(1);
  const sentAfterwards = new Set<Request>();
  page.on('request', (request) => sentAfterwards.add(request));
  const isAnswer = (response: Response) => sentAfterwards.has(response.request()) && new URL(response.url()).pathname.endsWith('/api/ds/query');
  await expect(async () => {
    const [answer] = await Promise.all([page.waitForResponse(isAnswer, { timeout: 5000 }), driver.runQuery()]);
    expect(answer.ok()).toBe(true);
    await expect(driver.failure()).toBeHidden({ timeout: 1000 });
    await expect(driver.flamePanel().getByRole('alert')).toHaveCount(0, { timeout: 1000 });
    await expect(flameGraph.graph()).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 30_000 });
});
