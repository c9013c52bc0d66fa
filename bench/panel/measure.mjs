// Measures the flame graph panel.

/** One run with the graph alone, or with the table beside it from the start. */
export const measurePanel = (pane) => async (meter, url, { nodes, wide }) => {
  const { page } = meter;
  await page.goto(`${url}panel?nodes=${nodes}&width=1584&height=984&pane=${pane}`);
  await page.waitForFunction('window.ready');
  const emptyHeap = await meter.heap();
  const emptyWasm = await page.evaluate('window.wasmBytes()');
  await page.evaluate(`window.prepare('none')`);
  await meter.worked('mount', () => meter.called('window.show()'));
  await page.evaluate(`window.prepare('profile')`);
  await meter.worked('first paint', () => meter.called('window.show()'));
  const { x, y, width } = await page.getByRole('tree').boundingBox();
  const at = (part, row) => [x + width * part, y + row * 22 + 8];
  await page.mouse.move(...at(wide.middle, wide.level));
  await meter.worked('zoom', () => meter.timed('pointerup', () => page.mouse.click(...at(wide.middle, wide.level))));
  await meter.worked('back', () => meter.timed('keydown', () => page.keyboard.press('Escape')));
  await page.mouse.move(...at(0.5, 15));
  await meter.worked('wheel step', () => meter.timed('wheel', () => page.mouse.wheel(0, 60)));
  await page.keyboard.down('Control');
  await meter.worked('wheel zoom', () => meter.timed('wheel', () => page.mouse.wheel(0, -120)));
  await page.keyboard.up('Control');
  await page.mouse.down();
  await page.mouse.move(x + width * 0.5 - 10, y + 338);
  await meter.worked('pan', () => meter.timed('pointermove', () => page.mouse.move(x + width * 0.5 - 60, y + 328)));
  await page.mouse.up();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await meter.hovered(x, y + 10, width, 500);
  await page.getByLabel('Search functions').focus();
  await meter.worked('search', () => meter.timed('input', () => page.keyboard.press('q')));
  await page.keyboard.press('Backspace');
  // Where things are is looked up outside the clock: looking is work of the main thread too.
  const clickOn = async (name, element) => {
    const { x, y, width, height } = await element.boundingBox();
    const at = [x + width / 2, y + height / 2];
    await page.mouse.move(...at);
    await meter.worked(name, () => meter.timed('click', () => page.mouse.click(...at)));
  };
  if (pane === 'graph') {
    await clickOn('table opened', page.locator('label', { has: page.locator('svg') }).last());
    await clickOn('table sorted', page.getByRole('columnheader', { name: 'Total' }));
  }
  const wasm = ((await page.evaluate('window.wasmBytes()')) - emptyWasm) / 1e6;
  meter.result['memory kept, MB'] = (await meter.heap()) - emptyHeap + wasm;
  meter.result['of it wasm, MB'] = wasm;
  await page.evaluate(`window.prepare('profile')`);
  await meter.worked('refresh', () => meter.called('window.show()'));
  return meter.result;
};
