// Tells what the main thread works on in each step of the bench: node bench/panel/trace.mjs [nodes] [--functions=12]
//
// Times are the main thread's processor time: of the browser's own tasks from a trace, of functions from the profiler.
import { chromium } from '@playwright/test';
import { servePage } from './page_server.mjs';

const options = process.argv.slice(2);
const option = (name, or) => options.find((text) => text.startsWith(`--${name}=`))?.split('=')[1] ?? or;
const nodes = Number(options.find((text) => /^\d+$/.test(text)) ?? 1000000);
const shown = Number(option('functions', 14));
const only = option('only', '');

const server = await servePage();
const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
const protocol = await page.context().newCDPSession(page);
await page.goto(`${server.url}?nodes=${nodes}&width=1584&height=984&pane=graph${options.includes('--count') ? '&count' : ''}`);
await page.waitForFunction('window.ready');
await page.evaluate(`window.prepare('none')`);
await page.evaluate('window.show()');
await page.evaluate(`window.prepare('profile')`);
await page.waitForTimeout(300);
await page.evaluate(() => {
  const prototype = window.glue.FlameGraphView.prototype;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const inner = prototype[name];
    if (typeof inner !== 'function' || name === 'constructor') continue;
    prototype[name] = function (...args) {
      const start = performance.now();
      try { return inner.apply(this, args); } finally {
        const call = (window.calls[name] ??= [0, 0]);
        call[0]++; call[1] += performance.now() - start;
      }
    };
  }
  const context = CanvasRenderingContext2D.prototype;
  for (const name of ['fillRect', 'fillText']) {
    const inner = context[name];
    if (location.search.includes('count')) context[name] = function (...args) { (window.calls[name] ??= [0, 0])[0]++; return inner.apply(this, args); };
  }
});
await protocol.send('Profiler.enable');
await protocol.send('Profiler.setSamplingInterval', { interval: 100 });

async function step(name, act) {
  const on = !only || only === name;
  if (on) {
    await browser.startTracing(page, { categories: ['devtools.timeline', 'toplevel', 'blink', 'cc'] });
    if (shown) await protocol.send('Profiler.start');
  }
  await page.evaluate('window.calls = {}');
  await act();
  await page.waitForTimeout(150);
  if (!on) return;
  const { profile } = shown ? await protocol.send('Profiler.stop') : { profile: { nodes: [], samples: [] } };
  const trace = JSON.parse((await browser.stopTracing()).toString());
  console.log(`\n== ${name}`, JSON.stringify(await page.evaluate('Object.fromEntries(Object.entries(window.calls).map(([n, [c, t]]) => [n, c + "x " + t.toFixed(1)]))')));
  const thread = trace.traceEvents.find((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain' && trace.traceEvents.some((x) => x.pid === e.pid && x.name === 'Layout'));
  const events = trace.traceEvents.filter((e) => e.ph === 'X' && thread && e.pid === thread.pid && e.tid === thread.tid && e.tdur !== undefined).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const self = new Map();
  const stack = [];
  for (const e of events) {
    while (stack.length && stack.at(-1).ts + stack.at(-1).dur <= e.ts) stack.pop();
    if (stack.length) { const p = stack.at(-1); self.set(p.name, (self.get(p.name) ?? 0) - e.tdur); }
    self.set(e.name, (self.get(e.name) ?? 0) + e.tdur);
    stack.push(e);
  }
  console.log('  tasks (self ms):', [...self].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([n, t]) => `${n} ${(t / 1000).toFixed(1)}`).join(', '));
  const by = new Map();
  const node = new Map(profile.nodes.map((n) => [n.id, n]));
  profile.samples.forEach((id, i) => {
    const f = node.get(id).callFrame;
    const key = `${f.functionName || '(anonymous)'} ${f.url.split('/').pop()}:${f.lineNumber}:${f.columnNumber}`;
    by.set(key, (by.get(key) ?? 0) + profile.timeDeltas[i]);
  });
  for (const [k, t] of [...by].filter(([k]) => !k.startsWith('(idle)')).sort((a, b) => b[1] - a[1]).slice(0, shown)) console.log(`  ${(t / 1000).toFixed(1).padStart(7)}  ${k.slice(0, 130)}`);
}

await step('first paint', () => page.evaluate('window.show()'));
await step('zoom', () => page.mouse.click(400, 280));
await step('back', () => page.keyboard.press('Escape'));
await page.mouse.move(700, 400);
await step('wheel step', () => page.mouse.wheel(0, 60));
await page.keyboard.down('Control');
await step('wheel zoom', () => page.mouse.wheel(0, -120));
await page.keyboard.up('Control');
await page.keyboard.press('Escape');
await step('hover', async () => { for (let move = 0; move < 60; move++) await page.mouse.move(200 + move * 20, 120 + ((move * 37) % 500)); });
await page.getByLabel('Search functions').focus();
await step('search', () => page.keyboard.press('q'));
await page.keyboard.press('Backspace');
await step('table opened', () => page.getByRole('radio', { name: 'Both' }).click({ force: true }));
await step('table sorted', () => page.getByRole('columnheader', { name: 'Total' }).click());
await page.evaluate(`window.prepare('profile')`);
await step('refresh', () => page.evaluate('window.show()'));
await browser.close();
server.close();
