// What a person sees of functions in a flame graph: moves the pointer to everything that is painted,
// row by row, and reads the tooltip; where one speaks of a wanted function, the pixels there must be
// a frame's.

const ROW_CSS_PX = 21;
/** Above the letters of a name. */
const TOP_CSS_PX = 3;

/**
 * Looks for functions. A name is found where it ends a function's name, whatever its module.
 * @param {import('@playwright/test').Page} page
 * @param {import('@playwright/test').Locator} graph
 * @param {string[]} names
 * @returns {Promise<Map<string, {tooltip: string, isFrame: boolean, x: number, y: number}>>} what was seen and where on the page, by name
 */
export async function seenFunctions(page, graph, names) {
  await graph.scrollIntoViewIfNeeded();
  const box = await graph.boundingBox();
  const seen = new Map();
  if (!box) {
    return seen;
  }
  await page.mouse.move(box.x + 1, box.y + 1);
  for (const [x, y] of await painted(graph)) {
    if (seen.size === names.length) {
      break;
    }
    await page.mouse.move(box.x + x, box.y + y);
    const tooltip = await page.evaluate(() => document.querySelector('[role="tooltip"]')?.innerText ?? '');
    const title = tooltip.split('\n')[0];
    const name = names.find((wanted) => !seen.has(wanted) && title.endsWith(wanted));
    if (name) {
      seen.set(name, { tooltip, isFrame: await isFrame(graph, x, y), x: box.x + x, y: box.y + y });
    }
  }
  return seen;
}

/** The middle of every stretch of one colour, at least two pixels wide, in every row: where frames may be. */
async function painted(graph) {
  return graph.locator('canvas').evaluate(
    (canvas, [rowHeight, top]) => {
      const ratio = canvas.width / canvas.getBoundingClientRect().width;
      const points = [];
      for (let row = 0; (row * rowHeight + top) * ratio < canvas.height; row += 1) {
        const line = canvas.getContext('2d').getImageData(0, Math.floor((row * rowHeight + top) * ratio), canvas.width, 1);
        const colours = new Uint32Array(line.data.buffer);
        for (let from = 0, to = 0; from < colours.length; from = to) {
          for (to = from + 1; to < colours.length && colours[to] === colours[from]; to += 1) {}
          if (colours[from] !== 0 && to - from >= 2) {
            points.push([(from + to) / 2 / ratio, (row + 0.5) * rowHeight]);
          }
        }
      }
      return points;
    },
    [ROW_CSS_PX, TOP_CSS_PX]
  );
}

/** Whether the canvas shows something else there than where nothing is, and no grey. */
async function isFrame(graph, x, y) {
  return graph.locator('canvas').evaluate(
    (canvas, [left, top]) => {
      const ratio = canvas.width / canvas.getBoundingClientRect().width;
      const pixel = (cssX, cssY) => [...canvas.getContext('2d').getImageData(cssX * ratio, cssY * ratio, 1, 1).data];
      // Beside a letter of the name: the colour most of the neighbours have.
      const near = [-4, -2, 0, 2, 4].flatMap((dx) => [-5, 0, 5].map((dy) => pixel(left + dx, top + dy).join()));
      const counts = new Map();
      near.forEach((colour) => counts.set(colour, (counts.get(colour) ?? 0) + 1));
      const [colour] = [...counts].sort((a, b) => b[1] - a[1])[0];
      const [red, green, blue, alpha] = colour.split(',').map(Number);
      return alpha === 255 && Math.max(red, green, blue) - Math.min(red, green, blue) > 12;
    },
    [x, y]
  );
}

/** What is wrong with what was seen; undefined when every function is there with its name, its total and its frame. */
export function whatIsMissing(seen, names) {
  for (const name of names) {
    const found = seen.get(name);
    if (!found) {
      return `no frame's tooltip says ${name}`;
    }
    if (!/\d\s?(ns|µs|ms|s|min|h)\b/.test(found.tooltip)) {
      return `the tooltip of ${name} does not say its total: ${found.tooltip}`;
    }
    if (!found.isFrame) {
      return `where the tooltip says ${name} there are no pixels of a frame`;
    }
  }
  return undefined;
}
