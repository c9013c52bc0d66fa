import { expect } from '@playwright/test';
import type { Driver, FlameGraph } from './driver';
import { seenFunctions, whatIsMissing } from './seen_functions.mjs';

/** Opens the service's CPU profile again and again, until all of its functions are seen in the flame graph. */
export async function expectFunctions(driver: Driver, flameGraph: FlameGraph, service: string, names: string[], timeout = 100_000) {
  const query = {
    refId: 'A',
    queryType: 'profile',
    profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    labelSelector: `{service_name="${service}"}`,
  };
  await expect(async () => {
    await driver.open(query);
    await expect(flameGraph.graph()).toBeVisible({ timeout: 10_000 });
    const seen = await seenFunctions(driver.page, flameGraph.graph(), names);
    expect(whatIsMissing(seen, names)).toBeUndefined();
  }).toPass({ timeout });
}
