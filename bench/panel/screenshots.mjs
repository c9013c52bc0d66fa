// Takes pictures of the panel in the states that one should look at: node bench/panel/screenshots.mjs <folder> [name…]
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { servePage } from './page_server.mjs';

const [folder = 'target/panel-screenshots', ...only] = process.argv.slice(2);

const cases = {
  light: { nodes: 3000 },
  dark: { nodes: 3000, theme: 'dark' },
  narrow: { nodes: 3000, width: 480, height: 320 },
  explore: { nodes: 3000, width: 342, height: 342 },
  'explore-dark-2x': { nodes: 3000, width: 342, height: 342, theme: 'dark', ratio: 2 },
  empty: { kind: 'empty', height: 300 },
  none: { kind: 'none', height: 300 },
  error: { kind: 'error', height: 300, theme: 'dark' },
  strange: { kind: 'strange', height: 300 },
  huge: { nodes: 1000000, pane: 'graph' },
  'huge-both-dark': { nodes: 1000000, theme: 'dark', width: 1500, height: 800 },
  deep: { kind: 'deep', nodes: 5000, pane: 'graph' },
  'deep-zoomed': { kind: 'deep', nodes: 5000, pane: 'graph', act: async (page) => { await page.keyboard.press('PageDown'); await page.mouse.wheel(0, 40000); await page.waitForTimeout(50); await page.mouse.click(200, 300); } },
  zoomed: { nodes: 3000, pane: 'graph', act: async (page) => { await page.mouse.click(500, 170); await page.mouse.click(300, 230); await page.mouse.move(420, 260); } },
  'zoomed-dark': { nodes: 3000, pane: 'graph', theme: 'dark', act: async (page) => { await page.mouse.click(500, 170); await page.mouse.click(300, 230); await page.mouse.move(820, 460); } },
  search: { nodes: 3000, act: (page) => page.getByLabel('Search functions').fill('tsdb') },
  'search-dark': { nodes: 3000, theme: 'dark', act: (page) => page.getByLabel('Search functions').fill('tsdb, json') },
  'keyboard': { nodes: 3000, pane: 'graph', act: async (page) => { await page.getByRole('tree').focus(); for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight']) { await page.keyboard.press(key); } } },
  'explore-hover': { nodes: 3000, width: 342, height: 342, act: (page) => page.mouse.move(120, 160) },
  diff: { kind: 'diff', nodes: 3000, act: (page) => page.mouse.move(720, 320) },
  'diff-dark': { kind: 'diff', nodes: 3000, theme: 'dark', act: (page) => page.mouse.move(720, 320) },
  'diff-explore': { kind: 'diff', nodes: 3000, width: 342, height: 342, act: (page) => page.mouse.move(120, 160) },
  'diff-search': { kind: 'diff', nodes: 3000, act: (page) => page.getByLabel('Search functions').fill('tsdb') },
  table: { nodes: 3000, pane: 'table', width: 700 },
  ratio: { nodes: 3000, width: 600, height: 300, ratio: 1.5, pane: 'graph' },
};

await mkdir(folder, { recursive: true });
const page_server = await servePage();
const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  for (const [name, { kind = 'profile', act, ratio = 1, ...query }] of Object.entries(cases)) {
    if (only.length > 0 && !only.includes(name)) {
      continue;
    }
    const viewport = { width: (query.width ?? 1200) + 16, height: (query.height ?? 600) + 16 };
    const page = await browser.newPage({ viewport, deviceScaleFactor: ratio });
    page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && !message.text().includes('404') && console.error(`${name}: ${message.text()}`));
    await page.goto(page_server.url + '?' + new URLSearchParams(query));
    await page.waitForFunction('window.ready');
    await page.evaluate((kind) => { window.prepare(kind); window.show(); }, kind);
    await page.waitForTimeout(150);
    await act?.(page);
    await page.waitForTimeout(150);
    await page.screenshot({ path: path.join(folder, `${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  page_server.close();
}
