import { expect, test, type Page } from '@playwright/test';
import { Explore } from '../pages/explore';
import { seenFunctions, whatIsMissing } from '../pages/seen_functions.mjs';

// From a metric to the function and back, through Grafana's own panels and Explore, with what is provisioned.
const { GRAFANA_URL } = process.env;

test.skip(!GRAFANA_URL, 'GRAFANA_URL is not given');
test.use({ baseURL: GRAFANA_URL });

const SERVICE = 'checkout';
const ROUTE = 'POST /checkout';
const FUNCTION = 'charge_card';

/** Skips where the service's requests were not traced by the provisioned Jaeger, or not counted by the Prometheus. */
async function needsSignals(page: Page) {
  const [to, from] = [Date.now(), Date.now() - 600_000];
  const range = { from: String(from), to: String(to) };
  const ask = async (query: object) => {
    const answer = await page.request.post('/api/ds/query', { data: { ...range, queries: [{ refId: 'A', ...query }] } });
    const { frames = [] } = (await answer.json()).results?.A ?? {};
    return frames.some(({ data }: { data: { values: unknown[][] } }) => (data.values[0] ?? []).length > 0);
  };
  const search = { datasource: { uid: 'jaeger', type: 'jaeger' }, queryType: 'search', service: SERVICE, limit: 1 };
  test.skip(!(await ask(search)), `needs traces of ${SERVICE} in the data source jaeger`);
  const count = { datasource: { uid: 'prometheus', type: 'prometheus' }, expr: `http_server_request_duration_seconds_count{job="${SERVICE}"}`, instant: true };
  test.skip(!(await ask(count)), `needs metrics of ${SERVICE} in the data source prometheus`);
}

/** Clicks diamonds, the oldest first, until one is of a slow request of the route: its samples are many and have arrived. */
async function clickSlowRequest(explore: Explore) {
  await explore.diamonds().first().waitFor({ timeout: 40_000 });
  const count = await explore.diamonds().count();
  for (let at = 0; at < count; at += 1) {
    await explore.diamonds().nth(at).click({ force: true });
    await explore.exemplar().waitFor();
    const seconds = Number.parseFloat((await explore.labelOfExemplar('Value')) ?? '0');
    if ((await explore.exemplar().innerText()).includes(ROUTE) && seconds > 0.25) {
      return;
    }
  }
  throw new Error(`no exemplar of a slow ${ROUTE} among ${count}`);
}

test('from a diamond to its trace, span, profile, a function, other traces through it, and back @grafana', async ({ page }) => {
  test.setTimeout(240_000);
  await needsSignals(page);
  const explore = new Explore(page);

  // A panel of the provisioned dashboard.
  await page.goto(`/d/fireline-service?from=now-15m&to=now&var-service=${SERVICE}&refresh=`);
  await clickSlowRequest(explore);
  const traceId = await explore.labelOfExemplar('trace_id');
  expect(traceId, 'the service calls it traceID').toMatch(/^[0-9a-f]{32}$/);
  await page.screenshot({ path: test.info().outputPath('diamond.png') });
  await explore.exemplar().getByRole('link', { name: 'Trace in Jaeger' }).click();

  // The trace, and the profile of its root span inside Grafana's trace view.
  await expect(explore.trace()).toHaveText(new RegExp(`^${SERVICE}: ${ROUTE}`), { timeout: 30_000 });
  await explore.rootSpan().click();
  await expect(explore.spanDetails().getByText('Flame graph', { exact: true })).toBeVisible({ timeout: 30_000 });
  await page.screenshot({ path: test.info().outputPath('trace.png') });

  // The same in Explore, by a provisioned correlation; the function is there.
  await explore.spanLinks().click();
  await page.getByRole('menuitem', { name: 'Profile of this span (Fireline)' }).click();
  const panel = page.getByRole('region', { name: 'Fireline flame graph' });
  const flameGraph = panel.getByRole('tree', { name: /^Flame graph/ });
  await expect(flameGraph).toBeVisible({ timeout: 30_000 });
  await flameGraph.hover();
  await page.mouse.wheel(0, 2000);
  expect(whatIsMissing(await seenFunctions(page, flameGraph, [FUNCTION]), [FUNCTION])).toBeUndefined();
  await page.screenshot({ path: test.info().outputPath('profile.png') });
  const inExplore = page.url();

  // From the function itself: its values over time, with the spans it was seen in.
  const place = (await seenFunctions(page, flameGraph, [FUNCTION])).get(FUNCTION) ?? { x: 0, y: 0 };
  await page.mouse.click(place.x, place.y);
  await panel.getByRole('button', { name: 'Links' }).click();
  await page.screenshot({ path: test.info().outputPath('links.png') });
  await page.getByRole('menuitem', { name: 'Traces through this function' }).click();
  await explore.diamonds().first().waitFor({ timeout: 40_000 });
  await explore.clickDiamond();
  expect(await explore.labelOfExemplar('trace_id')).toMatch(/^[0-9a-f]{32}$/);
  await page.screenshot({ path: test.info().outputPath('through.png') });
  await page.goBack();
  await expect(flameGraph).toBeVisible({ timeout: 30_000 });

  // The other traces through this function: on the Trail page, which has them.
  await page.goto(`/a/fireline-profiles-app/trail?traces=jaeger&trace=${traceId}`);
  const card = (title: RegExp) => page.getByRole('region', { name: title });
  const onTrail = card(/^Profile of/).getByRole('tree', { name: /^Flame graph/ });
  await expect(onTrail).toBeVisible({ timeout: 40_000 });
  const seen = await seenFunctions(page, onTrail, [FUNCTION]);
  expect(whatIsMissing(seen, [FUNCTION])).toBeUndefined();
  const { x, y } = seen.get(FUNCTION) ?? { x: 0, y: 0 };
  await page.mouse.click(x, y);
  const others = card(new RegExp(`^Traces through .*${FUNCTION}`)).getByRole('listitem').filter({ hasNotText: 'this trace' });
  await expect(others.first()).toBeVisible({ timeout: 40_000 });
  const otherId = await others.first().locator('code').innerText();
  expect(otherId).not.toBe(traceId);
  await page.screenshot({ path: test.info().outputPath('others.png'), fullPage: true });
  await others.first().getByRole('button').click();
  await expect.poll(() => new URL(page.url()).searchParams.get('trace')).toBe(otherId);
  await expect(onTrail).toBeVisible();

  // And back, step by step.
  await page.goBack();
  await expect.poll(() => new URL(page.url()).searchParams.get('trace')).toBe(traceId);
  await expect(async () => {
    await page.goBack();
    expect(page.url()).toBe(inExplore);
  }).toPass();
  await expect(flameGraph).toBeVisible({ timeout: 30_000 });
});
