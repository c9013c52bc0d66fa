// Looks at the workbench as a person would, and says what is missing: FIRELINE_URL=… node e2e/demo_check.mjs
import { spawnSync } from 'node:child_process';
import { chromium } from '@playwright/test';

const { FIRELINE_URL: url, FIRELINE_KILL_PLUGIN_OF: victim, CHROME_PATH: executablePath = '/usr/bin/chromium' } = process.env;
const PATIENCE_MILLIS = 60_000;

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const killer = victim && setInterval(() => killPlugin(Number(victim)), 20);
let outcome;
try {
  outcome = await look(await browser.newPage({ viewport: { width: 1280, height: 900 } }));
} catch (error) {
  outcome = `the page does not work: ${error.message}`;
} finally {
  clearInterval(killer);
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
  return failure ? `the plugin did not answer: ${failure}` : 'no profiles arrived within 60 s';
}

function killPlugin(parent) {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' });
  for (const line of stdout.split('\n')) {
    const [pid, ppid, command] = line.trim().split(/\s+/);
    if (Number(ppid) === parent && command?.includes('gpx_fireline')) {
      process.kill(Number(pid), 'SIGKILL');
    }
  }
}
