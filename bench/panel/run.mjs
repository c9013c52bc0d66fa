// Measures the panel in headless Chromium, one fresh page per run: node bench/panel/run.mjs [nodes…] [--runs=3] [--json]
//
// The clock runs from the input event to the end of the main-thread frame that shows the result.
// With --cpu it counts the processor time of the main thread instead, which other load disturbs less.
// Data is prepared outside the clock, as Grafana parses frames before it calls a panel.
import { chromium } from '@playwright/test';
import { servePage } from './page_server.mjs';

const options = process.argv.slice(2);
const option = (name, or) => options.find((text) => text.startsWith(`--${name}=`))?.split('=')[1] ?? or;
const sizes = options.filter((text) => /^\d+$/.test(text)).map(Number);
const cpu = options.includes('--cpu');
const runs = Number(option('runs', 3));

/** Runs in the page: when the frame ends that begins next. */
const frameEnd = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now());
      channel.port2.postMessage(0);
    });
  });

async function measure(browser, url, nodes) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Performance.enable', { timeDomain: cpu ? 'threadTicks' : 'timeTicks' });
  const metric = async (name) => (await protocol.send('Performance.getMetrics')).metrics.find((metric) => metric.name === name).value;
  const heap = async () => {
    await protocol.send('HeapProfiler.collectGarbage');
    return (await metric('JSHeapUsedSize')) / 1e6;
  };
  await page.goto(`${url}?nodes=${nodes}&width=1584&height=984&pane=graph`);
  await page.waitForFunction('window.ready');
  await page.evaluate(`window.frameEnd = ${frameEnd}`);
  const emptyHeap = await heap();
  const emptyWasm = await page.evaluate('window.wasmBytes()');
  await page.evaluate(`window.prepare('none')`);
  /** What the main thread works during an action: less noisy than the clock where other programs run. */
  const worked = async (name, act) => {
    const before = await metric('TaskDuration');
    result[name] = await act();
    if (cpu) {
      result[name] = ((await metric('TaskDuration')) - before) * 1000;
    }
  };
  /** From the first event of a kind that the action causes to the end of the frame. */
  const timed = async (kind, act) => {
    await page.evaluate((kind) => {
      window.elapsed = new Promise((resolve) => {
        window.addEventListener(kind, (event) => void window.frameEnd().then((end) => resolve(end - event.timeStamp)), { capture: true, once: true });
      });
    }, kind);
    await act();
    return page.evaluate('window.elapsed');
  };
  const result = {};
  const show = () => page.evaluate('(async () => { const start = performance.now(); window.show(); return (await window.frameEnd()) - start; })()');
  await worked('mount', show);
  await page.evaluate(`window.prepare('profile')`);
  await page.waitForTimeout(200);
  await worked('first paint', show);
  await page.waitForTimeout(100);
  await worked('zoom', () => timed('pointerup', () => page.mouse.click(400, 280)));
  await worked('back', () => timed('keydown', () => page.keyboard.press('Escape')));
  await page.mouse.move(700, 400);
  await worked('wheel step', () => timed('wheel', () => page.mouse.wheel(0, 60)));
  await page.keyboard.down('Control');
  await worked('wheel zoom', () => timed('wheel', () => page.mouse.wheel(0, -120)));
  await page.keyboard.up('Control');
  await page.mouse.down();
  await page.mouse.move(690, 400);
  await worked('pan', () => timed('pointermove', () => page.mouse.move(640, 390)));
  await page.mouse.up();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  const moves = 60;
  const before = await metric('TaskDuration');
  for (let move = 0; move < moves; move++) {
    await page.mouse.move(200 + move * 20, 120 + ((move * 37) % 500));
  }
  result['hover, main thread per move'] = (((await metric('TaskDuration')) - before) / moves) * 1000;
  await page.getByLabel('Search functions').focus();
  await worked('search', () => timed('input', () => page.keyboard.press('q')));
  await page.keyboard.press('Backspace');
  // Where things are is looked up outside the clock: looking is work of the main thread too.
  const clickOn = async (name, element) => {
    const { x, y, width, height } = await element.boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.waitForTimeout(50);
    await worked(name, () => timed('click', () => page.mouse.click(x + width / 2, y + height / 2)));
  };
  await clickOn('table opened', page.locator('label', { has: page.locator('svg') }).last());
  await clickOn('table sorted', page.getByRole('columnheader', { name: 'Total' }));
  const wasm = ((await page.evaluate('window.wasmBytes()')) - emptyWasm) / 1e6;
  result['memory kept, MB'] = (await heap()) - emptyHeap + wasm;
  result['of it wasm, MB'] = wasm;
  await page.evaluate(`window.prepare('profile')`);
  await worked('refresh', show);
  await page.close();
  return result;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

const server = await servePage();
const browserOf = () => chromium.launch({ executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox', '--enable-precise-memory-info'] });
const report = {};
try {
  for (const nodes of sizes.length > 0 ? sizes : [100000, 1000000]) {
    const results = [];
    for (let run = 0; run < runs; run++) {
      const browser = await browserOf();
      results.push(await measure(browser, server.url, nodes));
      await browser.close();
    }
    report[nodes] = Object.fromEntries(Object.keys(results[0]).map((name) => [name, Number(median(results.map((result) => result[name])).toFixed(1))]));
  }
} finally {
  server.close();
}
console[options.includes('--json') ? 'log' : 'table'](options.includes('--json') ? JSON.stringify(report) : report);
