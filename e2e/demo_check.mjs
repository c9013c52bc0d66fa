// Looks at the workbench as a person would, and says what is missing: FIRELINE_URL=… node e2e/demo_check.mjs
import { spawn } from 'node:child_process';
import { chromium } from '@playwright/test';

const { FIRELINE_URL: url, FIRELINE_KILL_PLUGIN_OF: victim, CHROME_PATH: executablePath = '/usr/bin/chromium' } = process.env;
const PATIENCE_MILLIS = victim ? 20_000 : 60_000;

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const killer = victim && keepFrozen(Number(victim));
let outcome;
try {
  outcome = await look(await browser.newPage({ viewport: { width: 1280, height: 900 } }));
} catch (error) {
  outcome = `the page does not work: ${error.message}`;
} finally {
  killer && killer.kill();
  await browser.close();
}
if (outcome) {
  console.log(outcome);
  process.exitCode = 1;
}

/** What is wrong; undefined when the demo's functions are on the page. */
async function look(page) {
  await page.goto(url);
  const functions = page.getByRole('table', { name: 'Functions' }).getByRole('cell');
  const end = Date.now() + PATIENCE_MILLIS;
  let failure = '';
  while (Date.now() < end) {
    await page.waitForTimeout(1000);
    const alerts = await page.getByRole('alert').allInnerTexts();
    const start = alerts.find((text) => /could not start/.test(text));
    if (start) {
      return `the wasm did not load: ${start}`;
    }
    if (await functions.first().isVisible()) {
      const names = await functions.allInnerTexts();
      return names.some((name) => /demo|checkout|catalogue|invoic/i.test(name)) ? undefined : `these are not the demo's functions: ${names.slice(0, 20).join(', ')}`;
    }
    failure = alerts.find((text) => /failed|does not answer/.test(text)) ?? '';
    if (failure && victim) {
      return `the plugin did not answer: ${failure}`;
    }
    const again = page.getByRole('button', { name: /^(Look again|Try again)$/ });
    if (await again.first().isVisible()) {
      await again.first().click();
    }
  }
  return failure || victim ? `the plugin did not answer: ${failure}` : 'no profiles arrived within 60 s';
}

/** Lets the plugin's processes of a server come no further, and ends them when the check ends. */
function keepFrozen(server) {
  const script = `trap 'pkill -KILL -P ${server} gpx_fireline; exit' TERM; while kill -0 ${server}; do pkill -STOP -P ${server} gpx_fireline; done`;
  return spawn('sh', ['-c', script], { stdio: 'ignore' });
}
