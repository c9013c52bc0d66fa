import type { Locator, Page } from '@playwright/test';
import { expect, programs, test } from '../fixtures';
import { seenFunctions, whatIsMissing } from '../pages/seen_functions.mjs';
import { startBeside, type RunningBeside } from '../beside';
import { startStack, type Stack } from '../stack';

const { FIRELINE_PROMETHEUS, FIRELINE_ZIPKIN_JAR, FIRELINE_LOKI } = process.env;
const PATH = 'a/fireline-profiles-app/trail';

let beside: RunningBeside | undefined;
let stack: Stack | undefined;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  if (programs && FIRELINE_PROMETHEUS && FIRELINE_ZIPKIN_JAR) {
    beside = await startBeside(FIRELINE_PROMETHEUS, FIRELINE_ZIPKIN_JAR);
    stack = await startStack(programs, '/', beside);
  }
});

test.afterAll(async () => {
  await stack?.stop();
  await beside?.stop();
});

test.beforeEach(() => {
  test.skip(!programs, 'needs a server of its own: FIRELINE_PROGRAMS is not given');
  test.skip(!FIRELINE_PROMETHEUS, 'needs Prometheus: FIRELINE_PROMETHEUS is not given');
  test.skip(!FIRELINE_ZIPKIN_JAR, 'needs Zipkin: FIRELINE_ZIPKIN_JAR is not given');
});

const card = (page: Page, title: RegExp) => page.getByRole('region', { name: title });
const diamonds = (page: Page) => card(page, /^Metric/).getByRole('button', { name: /^Exemplar/ });

/** Opens the page again until exemplars are there; programs and servers have only just started. */
async function openTrail(page: Page, url: string, service: string) {
  await expect(async () => {
    await page.goto(new URL(PATH, url).href);
    await page.getByLabel('Service', { exact: true }).click({ timeout: 10_000 });
    await page.getByRole('option', { name: service, exact: true }).click({ timeout: 2000 });
    await expect(diamonds(page).first()).toBeVisible({ timeout: 5000 });
  }).toPass({ timeout: 120_000 });
}

/** What a diamond says when the pointer is on it, by name. */
async function tooltipOf(page: Page, diamond: Locator): Promise<Record<string, string>> {
  await diamond.hover({ force: true });
  const tooltip = page.getByRole('tooltip').filter({ hasText: 'Trace' });
  const [names, values] = [await tooltip.locator('dt').allInnerTexts(), await tooltip.locator('dd').allInnerTexts()];
  return Object.fromEntries(names.map((name, at) => [name, values[at]]));
}

/** Follows the oldest exemplar of a route whose profile has arrived. */
async function followExemplar(page: Page, route: string) {
  const flameGraph = page.getByRole('tree', { name: /^Flame graph/ });
  let told: Record<string, string> = {};
  await expect(async () => {
    await page.getByRole('button', { name: 'Ask again' }).click();
    for (const diamond of await diamonds(page).all()) {
      told = await tooltipOf(page, diamond);
      if (told.http_route === route) {
        await diamond.click({ force: true });
        // Where diamonds lie upon each other another than the told one may be clicked.
        const leads = page.waitForFunction((trace) => window.location.search.includes(trace), told.Trace, { timeout: 2000 });
        if (await leads.then(() => true, () => false)) {
          return expect(flameGraph).toBeVisible({ timeout: 8000 });
        }
      }
    }
    throw new Error(`no exemplar of ${route}`);
  }).toPass({ timeout: 90_000 });
  return { told, flameGraph };
}

/** Clicks on the function that a tooltip of the flame graph names. */
async function clickFunction(page: Page, flameGraph: Locator, name: string) {
  const seen = await seenFunctions(page, flameGraph, [name]);
  expect(whatIsMissing(seen, [name])).toBeUndefined();
  const { x, y } = seen.get(name) ?? { x: 0, y: 0 };
  await page.mouse.click(x, y);
}

test('from a metric to a trace, its profile, a function, other traces through it, and back @workbench', async ({ page }) => {
  test.setTimeout(300_000);
  await openTrail(page, stack?.url ?? '', 'checkout');
  // The exemplars of this service call their trace "traceID".
  const { told, flameGraph } = await followExemplar(page, 'POST /checkout');
  const trace = card(page, /^Trace$/);
  const spans = trace.getByRole('row').filter({ has: page.getByRole('cell') });
  await expect(spans.filter({ hasText: 'post /checkout' })).toBeVisible();
  await expect(card(page, /^Profile of the whole trace/)).toContainText('profiles of 1 of 3 spans');
  // The trace's own tree stands on top of what its spans did.
  const levels = ['checkout: post /checkout', 'charge_card'];
  expect(whatIsMissing(await seenFunctions(page, flameGraph, levels), levels)).toBeUndefined();
  await expect(spans.filter({ hasText: 'charge_card' })).toBeVisible();
  expect(new URL(page.url()).searchParams.get('trace')).toBe(told.Trace);

  await spans.filter({ hasText: 'charge_card' }).click();
  await expect(card(page, /^Profile of the span charge_card/)).toContainText('files this span under post /checkout');
  await spans.filter({ hasText: 'post /checkout' }).click();
  await expect(card(page, /^Profile of the span post/)).toBeVisible();
  await expect(flameGraph).toBeVisible();

  await clickFunction(page, flameGraph, 'charge_card');
  const others = card(page, /^Traces through .*charge_card/).getByRole('listitem');
  const other = others.filter({ hasNotText: 'this trace' }).first();
  await expect(async () => {
    await page.getByRole('button', { name: 'Ask again' }).click();
    await expect(other).toBeVisible({ timeout: 5000 });
  }).toPass({ timeout: 60_000 });
  const otherTrace = await other.locator('code').innerText();
  expect(otherTrace).not.toBe(told.Trace);
  await page.screenshot({ path: test.info().outputPath('walk.png'), fullPage: true });
  const here = page.url();
  await other.getByRole('button').click();
  await expect.poll(() => new URL(page.url()).searchParams.get('trace')).toBe(otherTrace);
  await expect(card(page, /^Traces through/)).toBeHidden();
  await expect(trace).toHaveAttribute('aria-busy', 'false');
  await expect(card(page, /^Profile of the span post/)).toBeVisible();
  await expect(flameGraph).toBeVisible();

  await page.goBack();
  expect(page.url()).toBe(here);
  await expect(card(page, /^Traces through .*charge_card/)).toBeVisible();
  expect(new URL(page.url()).searchParams.get('trace')).toBe(told.Trace);
  await expect(spans.filter({ hasText: 'charge_card' })).toBeVisible();

  const breadcrumb = page.getByRole('navigation', { name: 'Zoom' });
  await expect(breadcrumb).toContainText('charge_card');

  // A link to what is seen shows it again.
  await page.reload();
  await expect(card(page, /^Traces through .*charge_card/)).toBeVisible();
  await expect(breadcrumb).toContainText('charge_card');
  await expect(spans.filter({ hasText: 'post /checkout' })).toHaveAttribute('aria-selected', 'true');
  await expect(flameGraph).toBeVisible();
});

test('the whole walk goes by keyboard @workbench', async ({ page }) => {
  test.setTimeout(300_000);
  await openTrail(page, stack?.url ?? '', 'checkout');
  const focused = (name: RegExp) => page.getByRole('button', { name }).and(page.locator(':focus'));
  await page.getByLabel('PromQL').focus();
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  expect(first).toMatch(/^Exemplar/);
  await page.keyboard.press('ArrowRight');
  await expect(focused(/^Exemplar/)).not.toHaveAttribute('aria-label', first ?? '');
  await page.keyboard.press('Home');
  await expect(focused(/^Exemplar/)).toHaveAttribute('aria-label', first ?? '');
  await expect(page.getByRole('tooltip')).toContainText('Trace');
  await page.keyboard.press('Enter');
  const rows = card(page, /^Trace$/).getByRole('row').filter({ has: page.getByRole('cell') });
  await expect(rows.first()).toBeVisible();
  // All exemplars are one stop of the tab key.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Whole trace' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(rows.first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(rows.nth(1)).toHaveAttribute('aria-selected', 'true');
  const search = card(page, /^Profile of the span/).getByLabel('Search functions');
  await expect(search).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(search).toBeFocused();
});

for (const { service, route, step, where } of [
  { service: 'checkout', route: 'POST /checkout', step: 'charge_card', where: 'their text' },
  { service: 'invoicing', route: 'POST /invoice', step: 'compress_invoice', where: 'structured metadata' },
]) {
  test(`from a trace to its log lines, which name it in ${where}, and from a line to its span @workbench`, async ({ page }) => {
    test.skip(!FIRELINE_LOKI, 'needs Loki: FIRELINE_LOKI, the address of one, is not given');
    test.setTimeout(300_000);
    await openTrail(page, stack?.url ?? '', service);
    const { told } = await followExemplar(page, route);
    const lines = card(page, /^Logs of the trace/).getByRole('listitem');
    const line = lines.filter({ hasText: `${step} done` }).first();
    await expect(async () => {
      await page.getByRole('button', { name: 'Ask again' }).click();
      await expect(line).toBeVisible({ timeout: 5000 });
    }).toPass({ timeout: 60_000 });
    // The request's own line is written when it is done.
    await expect(lines.last()).toContainText(`${route} done`);
    await line.getByRole('button').click();
    await expect.poll(() => new URL(page.url()).searchParams.get('span')).not.toBeNull();
    expect(new URL(page.url()).searchParams.get('trace')).toBe(told.Trace);
    const span = card(page, /^Trace$/).getByRole('row').filter({ hasText: step });
    await expect(span).toHaveAttribute('aria-selected', 'true');
    await expect(card(page, new RegExp(`^Profile of the span ${step}`))).toBeVisible();
    await page.screenshot({ path: test.info().outputPath('logs.png'), fullPage: true });
  });
}
