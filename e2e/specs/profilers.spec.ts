import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { expect, ownStack, test } from '../fixtures';
import type { Driver, FlameGraph } from '../pages/driver';
import { seenFunctions, whatIsMissing } from '../pages/seen_functions.mjs';

test.setTimeout(120_000);

/** Opens the service's CPU profile again and again, until all of its functions are seen in the flame graph. */
async function expectFunctions(driver: Driver, flameGraph: FlameGraph, service: string, names: string[]) {
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
  }).toPass({ timeout: 100_000 });
}

test('the functions of a program with the Rust profiler are in the flame graph @workbench', async ({ driver, flameGraph, stack }) => {
  ownStack(stack);
  await expectFunctions(driver, flameGraph, 'checkout', ['checkout', 'charge_card', 'sign_payload', 'show_cart', 'price_items', 'apply_discounts', 'reserve_stock']);
});

test('the functions of a program with the Python profiler are in the flame graph @workbench', async ({ driver, flameGraph, stack }) => {
  const { url } = ownStack(stack);
  const { FIRELINE_PYTHON_PACKAGES } = process.env;
  test.skip(!FIRELINE_PYTHON_PACKAGES, 'pyroscope-io is not installed: FIRELINE_PYTHON_PACKAGES is not given');
  const program = startPython(url, FIRELINE_PYTHON_PACKAGES ?? '');
  try {
    await expectFunctions(driver, flameGraph, 'checkout-python', ['checkout', 'reserve_stock', 'sign_payload', 'compress_invoice']);
  } finally {
    program.kill('SIGKILL');
  }
});

function startPython(server: string, packages: string): ChildProcess {
  const program = path.join(__dirname, '../programs/checkout.py');
  return spawn('python3', [program, server.replace(/\/$/, '')], { env: { ...process.env, PYTHONPATH: packages }, stdio: 'ignore' });
}
