// Measures other flame graphs, by the gestures that they have for the same things.

/** Looked up outside the clock: looking is work of the main thread too. */
async function middleOf(element) {
  const { x, y, width, height } = await element.boundingBox();
  return [x + width / 2, y + height / 2];
}

/** Grafana's own flame graph, alone or with its table beside it. */
export const measureGrafana = (pane) => async (meter, url, { nodes, wide }) => {
  const { page } = meter;
  await page.goto(`${url}grafana?nodes=${nodes}&pane=${pane}`);
  await page.waitForFunction('window.ready');
  const emptyHeap = await meter.heap();
  await page.evaluate(`window.prepare('none')`);
  await meter.worked('mount', () => meter.called('window.show()'));
  await page.evaluate(`window.prepare('profile')`);
  await meter.worked('first paint', () => meter.called('window.show()'));
  const canvas = page.getByTestId('flameGraph');
  const { x, y, width } = await canvas.boundingBox();
  if (pane === 'both') {
    // A click opens a menu, whose entry zooms; alone in this page its menu does not open.
    await page.mouse.click(x + width * wide.middle, y + wide.level * 22 + 8);
    const focus = await middleOf(page.getByText('Focus block'));
    await page.mouse.move(...focus);
    await meter.worked('zoom', () => meter.timed('click', () => page.mouse.click(...focus)));
    const cross = await middleOf(page.getByLabel('Remove focus'));
    await meter.worked('back', () => meter.timed('click', () => page.mouse.click(...cross)));
  }
  await meter.hovered(x, y + 10, width, 500);
  if (pane === 'both') {
    await page.getByPlaceholder('Search...').focus();
    // It waits before it searches, so that the clock says nothing.
    await meter.worked('search', () => page.keyboard.press('q').then(() => undefined));
    await page.keyboard.press('Backspace');
    await page.waitForTimeout(400);
  }
  meter.result['memory kept, MB'] = (await meter.heap()) - emptyHeap;
  await page.evaluate(`window.prepare('profile')`);
  await meter.worked('refresh', () => meter.called('window.show()'));
  return meter.result;
};

/** speedscope in the order of time, which is how the same tree looks alike. It takes its profile as a file. */
export async function measureSpeedscope(meter, url, { file, wide }) {
  const { page } = meter;
  await page.goto(`${url}speedscope/index.html`);
  const input = page.locator('input[type=file]').first();
  await input.waitFor({ state: 'attached' });
  const emptyHeap = await meter.heap();
  // It tells by its title that it has the profile; the frame after that shows it.
  await page.evaluate(() => {
    window.shown = new Promise((resolve) => {
      window.addEventListener('change', ({ timeStamp }) => {
        const look = () => (document.title.startsWith('cpu') ? void window.frameEnd().then((end) => resolve(end - timeStamp)) : requestAnimationFrame(look));
        look();
      }, { capture: true, once: true });
    });
  });
  await meter.worked('first paint', async () => {
    await input.setInputFiles(file);
    return page.evaluate('window.shown');
  });
  const [width, top] = [1600, 140];
  const at = [width * wide.middle, top + wide.level * 20 + 10];
  await page.mouse.click(...at);
  await meter.worked('zoom', () => meter.timed('dblclick', () => page.mouse.dblclick(...at)));
  await meter.worked('back', () => meter.timed('keydown', () => page.keyboard.press('0')));
  await meter.hovered(10, top, width - 20, 500);
  await page.keyboard.press('Control+f');
  await page.waitForTimeout(400);
  await meter.worked('search', () => meter.timed('input', () => page.keyboard.press('q')));
  meter.result['memory kept, MB'] = (await meter.heap()) - emptyHeap;
  return meter.result;
}
