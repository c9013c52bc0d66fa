import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { ownStack, test } from '../fixtures';
import { expectFunctions } from '../pages/expect_functions';

test.setTimeout(120_000);

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
