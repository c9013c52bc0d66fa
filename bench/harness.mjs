// What a page is measured with: one browser per run, trusted input, the main thread's clock.
import { chromium } from '@playwright/test';

/** Longer than any of the measured pages waits before it does what it was asked for. */
const SETTLED_MILLIS = 400;

/** Without a GPU a page that draws with WebGL needs the software renderer, which Chromium allows on demand only. */
const browserOptions = { executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox', '--enable-unsafe-swiftshader'] };

/** Runs in the page: when the frame ends that begins next. */
const frameEnd = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now());
      channel.port2.postMessage(0);
    });
  });

/** A fresh browser with one page; `use` is given its meter. */
export async function withMeter(use) {
  const browser = await chromium.launch(browserOptions);
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    page.setDefaultTimeout(60_000);
    return await use(await Meter.of(page), browser);
  } finally {
    await browser.close();
  }
}

/** Measures what a page works on. */
class Meter {
  /** What was measured: { cpu, clock } in milliseconds, either of which may be missing; memory in MB. */
  result = {};

  static async of(page) {
    const meter = new Meter();
    meter.page = page;
    meter.protocol = await page.context().newCDPSession(page);
    await meter.protocol.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.addInitScript(`window.frameEnd = ${frameEnd}`);
    return meter;
  }

  /** What the browser counts, by its own name for it. */
  async metric(name) {
    return (await this.protocol.send('Performance.getMetrics')).metrics.find((metric) => metric.name === name).value;
  }

  /** The main thread's processor time so far. */
  async cpuMillis() {
    return (await this.metric('TaskDuration')) * 1000;
  }

  /** The JavaScript heap after a collection, in MB. */
  async heap() {
    await this.protocol.send('HeapProfiler.collectGarbage');
    return (await this.metric('JSHeapUsedSize')) / 1e6;
  }

  /** What the main thread works from an action on until all is quiet, and the clock if the action tells it. */
  async worked(name, act) {
    await this.page.waitForTimeout(SETTLED_MILLIS);
    const before = await this.cpuMillis();
    const clock = await act();
    await this.page.waitForTimeout(SETTLED_MILLIS);
    this.result[name] = { cpu: (await this.cpuMillis()) - before, clock };
  }

  /** An action, and the clock from its first event of a kind to the end of the frame that follows. */
  async timed(kind, act) {
    await this.page.evaluate((kind) => {
      window.elapsed = new Promise((resolve) => {
        window.addEventListener(kind, (event) => void window.frameEnd().then((end) => resolve(end - event.timeStamp)), { capture: true, once: true });
      });
    }, kind);
    await act();
    return this.page.evaluate('window.elapsed');
  }

  /** Runs a call in the page; the clock until the end of the frame that follows. */
  called(call) {
    return this.page.evaluate(`(async () => { const start = performance.now(); ${call}; return (await window.frameEnd()) - start; })()`);
  }

  /** The main thread's time for each of many moves of the pointer over a box. */
  async hovered(left, top, width, height) {
    const moves = 60;
    await this.page.waitForTimeout(SETTLED_MILLIS);
    const before = await this.cpuMillis();
    for (let move = 0; move < moves; move++) {
      await this.page.mouse.move(left + (move * width) / moves, top + ((move * 37) % height));
    }
    this.result['hover, per move'] = { cpu: ((await this.cpuMillis()) - before) / moves };
  }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const rounded = (values) => (values.some((value) => value === undefined) ? undefined : Number(median(values).toFixed(1)));

/** The medians of several results of one subject; of a failure the failure. */
export function medians(results) {
  const failure = results.find((result) => typeof result === 'string');
  if (failure !== undefined) {
    return failure;
  }
  const of = (name) => {
    const values = results.map((result) => result[name]);
    return typeof values[0] === 'number' ? rounded(values) : { cpu: rounded(values.map(({ cpu }) => cpu)), clock: rounded(values.map(({ clock }) => clock)) };
  };
  return Object.fromEntries(Object.keys(results[0]).map((name) => [name, of(name)]));
}
