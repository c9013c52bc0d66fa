// Looks at the workbench as a person would, and says what is missing: FIRELINE_URL=… node e2e/demo_check.mjs
import { chromium } from '@playwright/test';
import { seenFunctions, whatIsMissing } from './pages/seen_functions.mjs';
import { childrenOf } from './processes.mjs';

const { FIRELINE_URL: url, FIRELINE_KILL_PLUGIN_OF: victim, CHROME_PATH: executablePath = '/usr/bin/chromium' } = process.env;
const PATIENCE_MILLIS = Number(process.env.FIRELINE_PATIENCE_SECONDS ?? 60) * 1000;

/** What the demo's services spend their time in. */
const FUNCTIONS = {
  checkout: ['checkout', 'charge_card', 'sign_payload'],
  catalogue: ['list_categories', 'walk_category', 'search_products', 'rank_results'],
  invoicing: ['render_invoice', 'compress_invoice'],
};

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const release = victim && keepFrozen(Number(victim));
let outcome;
try {
  outcome = await look(await browser.newPage({ viewport: { width: 1280, height: 1000 } }));
} catch (error) {
  outcome = `the page does not work: ${error.message}`;
} finally {
  release && release();
  await browser.close();
}
if (outcome) {
  console.log(outcome);
  process.exitCode = 1;
}

/** What is wrong; undefined when the functions of every service are in the flame graph. */
async function look(page) {
  const end = Date.now() + PATIENCE_MILLIS;
  for (const [service, names] of Object.entries(FUNCTIONS)) {
    let missing;
    do {
      missing = await lookAt(page, service, names);
      if (missing?.isFinal) {
        break;
      }
    } while (missing && Date.now() < end);
    if (missing) {
      return missing.words;
    }
  }
  return undefined;
}

async function lookAt(page, service, names) {
  const query = {
    refId: 'A',
    queryType: 'both',
    profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    labelSelector: `{service_name="${service}"}`,
  };
  await page.goto(`${url}?query=${encodeURIComponent(JSON.stringify(query))}`);
  const graph = page.getByRole('tree', { name: /^Flame graph/ });
  const alerts = page.getByRole('alert');
  await graph.or(alerts).first().waitFor({ timeout: 15_000 }).catch(() => undefined);
  await page.waitForTimeout(1000);
  const said = await alerts.allInnerTexts();
  const start = said.find((text) => /could not start|wasm/i.test(text));
  if (start) {
    return { words: `the wasm did not load: ${start}`, isFinal: true };
  }
  const failure = said.find((text) => /failed|does not answer/.test(text));
  if (failure && victim) {
    return { words: `the plugin did not answer: ${failure}`, isFinal: true };
  }
  if (!(await graph.isVisible())) {
    if (victim) {
      return { words: 'the plugin did not answer: nothing is shown' };
    }
    return { words: failure ? `the query failed: ${failure}` : `no profiles arrived of the service ${service}` };
  }
  if (!(await hasProfiles(service))) {
    return { words: `no profiles arrived of the service ${service}` };
  }
  const wrong = whatIsMissing(await seenFunctions(page, graph, names), names);
  return wrong && { words: `of the service ${service}: ${wrong}` };
}

/** Whether the server has taken any profile of a service. */
async function hasProfiles(service) {
  const listing = await (await fetch(new URL('api/apps', url))).json();
  return listing.apps.some(({ name }) => name === service);
}

/** Lets the plugin's processes of a server come no further; the function returned ends them. */
function keepFrozen(server) {
  const signal = (name) => {
    for (const pid of childrenOf(server, 'gpx_fireline')) {
      try {
        process.kill(pid, name);
      } catch (error) {
        if (error.code !== 'ESRCH') {
          throw error;
        }
      }
    }
  };
  signal('SIGSTOP');
  const timer = setInterval(() => signal('SIGSTOP'), 20);
  return () => {
    clearInterval(timer);
    signal('SIGKILL');
  };
}
