import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, beforeEach, test } from 'node:test';
import * as glue from 'fireline-wasm';

declare const FIRELINE_ROOT: string;

/** A canvas that writes down what is drawn; a character is 6 pixels wide. */
class Context {
  drawn: string[] = [];
  fillStyle = '';
  font = '';
  measureText = (text: string) => ({ width: text.length * 6 });
  fillRect = (x: number, y: number, width: number, height: number) => void this.drawn.push(`rect ${x},${y} ${width}x${height}`);
  fillText = (text: string, x: number, y: number) => void this.drawn.push(`text ${x},${y} ${text}`);
  clearRect = () => void (this.drawn = []);
  strokeRect = () => undefined;
}

class Canvas {
  context = new Context();
  width = 0;
  height = 0;
  style = { setProperty: (name: string, value: string) => Object.assign(this.style, { [name]: value }) };
  getContext = () => this.context;
}

const settings: glue.ViewSettings = {
  widthCssPx: 200, heightCssPx: 100, panelWidthCssPx: 200, devicePixelRatio: 1, isDark: false, background: '#ffffff',
  text: '#24292e', accent: '#3871dc', fontFamily: 'sans-serif', locale: 'en',
};

const field = (name: string, values: ArrayLike<unknown>, config = {}) => ({ name, values, config });
const names = ['total', 'main', 'idle'];
const frame = () => ({
  fields: [
    field('level', [0, 1, 1]),
    field('value', [100, 60, 40], { unit: 'ns' }),
    field('self', [0, 60, 40]),
    field('label', [0, 1, 2], { type: { enum: { text: names } } }),
  ],
});

let canvas: Canvas;
let view: glue.FlameGraphView;

before(async () => {
  Object.assign(globalThis, { CanvasRenderingContext2D: Context, HTMLCanvasElement: Canvas });
  const folder = path.resolve(FIRELINE_ROOT, process.env.FIRELINE_WASM_PKG ?? 'target/wasm/pkg');
  glue.initSync({ module: await readFile(path.join(folder, 'fireline_bg.wasm')) });
});

beforeEach(() => {
  canvas = new Canvas();
  view = new glue.FlameGraphView(canvas as unknown as HTMLCanvasElement);
  view.setProps(settings);
});

const kinds = (effects: glue.Effect[]) => effects.map((effect) => effect.kind);
const drawn = () => {
  view.draw();
  return canvas.context.drawn;
};

test('a frame with an enum of names is drawn', () => {
  assert.deepEqual(kinds(view.setFrames([frame()])).sort(), ['hideTooltip', 'hideTooltip', 'requestFrame', 'requestFrame', 'viewChanged', 'viewChanged']);
  assert.deepEqual([...drawn()].sort(), ['rect 0,0 199x20', 'rect 0,21 119x20', 'rect 120,21 79x20', 'text 125,31 idle', 'text 5,10 total', 'text 5,31 main']);
  assert.equal(view.snapshot().status, 'Time 100 ns · 3 nodes · 2 functions');
});

test('names as text and columns as typed arrays are drawn alike', () => {
  view.setFrames([frame()]);
  const expected = [...drawn()];
  canvas = new Canvas();
  view = new glue.FlameGraphView(canvas as unknown as HTMLCanvasElement);
  view.setProps(settings);
  view.setFrames([
    {
      fields: [
        field('level', Int32Array.of(0, 1, 1)),
        field('value', Float64Array.of(100, 60, 40), { unit: 'ns' }),
        field('self', Float64Array.of(0, 60, 40)),
        field('label', names),
      ],
    },
  ]);
  assert.deepEqual(drawn(), expected);
});

test('the flame graph is found among other frames', () => {
  view.setFrames([{ fields: [field('time', [1]), field('value', [2])] }, frame()]);
  assert.equal(view.snapshot().message, undefined);
});

test('columns that are there already are not read again', () => {
  const first = frame();
  view.setFrames([first]);
  assert.deepEqual(view.setFrames([{ fields: [...first.fields] }]), []);
  const restyled = first.fields.map((field) => (field.name === 'value' ? { ...field, config: { unit: 'bytes', displayName: 'Heap' } } : field));
  assert.deepEqual(kinds(view.setFrames([{ fields: restyled }])), ['hideTooltip', 'requestFrame', 'viewChanged']);
  assert.equal(view.snapshot().status, 'Heap 100 B · 3 nodes · 2 functions');
});

test('what the datasource says of a frame is shown, and what it folded away is told', () => {
  const meta = { custom: { fireline: { truncated: [2] } }, notices: [{ severity: 'warning', text: 'The store was slow.' }, {}] };
  view.setFrames([{ ...frame(), meta }]);
  drawn();
  assert.deepEqual(view.snapshot().notices, ['The store was slow.']);
  const explain = { line: 'Left out zone="a"', steps: [] };
  const twice = [{ text: 'The store was slow.' }, { text: 'Left out zone="a". Leave it out.' }];
  view.setFrames([{ ...frame(), meta: { ...meta, custom: { ...meta.custom, explain }, notices: twice } }]);
  assert.deepEqual(view.snapshot().notices, ['The store was slow.'], 'what is explained is not told twice');
  const folded = (xCssPx: number) => JSON.stringify(view.dispatch({ kind: 'pointerMove', xCssPx, yCssPx: 30 })).includes('functions that the server folded away');
  assert.deepEqual([folded(50), folded(150)], [false, true]);
  view.setFrames([{ ...frame(), meta: { notices: 'none', custom: { fireline: { truncated: ['x', -1, NaN] } } } }]);
  assert.deepEqual(view.snapshot().notices, []);
});

const right = (value: number[], self: number[]) => [field('valueRight', value), field('selfRight', self)];

test('a frame of two profiles is drawn as wide as both', () => {
  const { fields } = frame();
  view.setFrames([{ fields: [...fields, ...right([100, 20, 80], [0, 20, 80])] }]);
  view.draw();
  assert.deepEqual(canvas.context.drawn.filter((line) => line.startsWith('rect')).sort(), ['rect 0,0 199x20', 'rect 0,21 79x20', 'rect 80,21 119x20']);
  assert.deepEqual(view.snapshot().notices, []);
  assert.deepEqual(view.snapshot().legend.map((step) => step.label), ['gone', 'half', 'same', 'double', 'new']);
  assert.deepEqual(view.tableWindow(0, 100).rows.map(({ name, cells }) => [name, ...cells.map((cell) => cell.text)]), [
    ['idle', '40%', '80%', '+40 pp'], ['main', '60%', '20%', '−40 pp'],
  ]);
  view.setFrames([{ fields: [...fields, ...right([100, 60, 40], [0, 60, 40])] }]);
  view.draw();
  assert.ok(canvas.context.drawn.includes('rect 0,21 119x20'), 'another comparison is read again');
});

test('a comparison that is broken or half there is named', () => {
  const { fields } = frame();
  const shown = (...more: ReturnType<typeof field>[]) => {
    view.setFrames([{ fields: [...fields, ...more] }]);
    return view.snapshot();
  };
  assert.equal(shown(...right([1, 1], [0, 1, 0])).message?.text, 'Field "valueRight" has 2 rows, expected 3 as in field "level".');
  assert.equal(shown(...right([1, 1, 0], [0, 1])).message?.text, 'Field "selfRight" has 2 rows, expected 3 as in field "level".');
  assert.match(shown(...right([1, -1, 1], [0, 0, 1])).notices[0], /^Comparison: 1 value is negative/);
  assert.match(shown(right([1, 1, 0], [0, 1, 0])[1]).notices[0], /^The frame has a field "selfRight" and no "valueRight"/);
  assert.match(shown(right([1, 1, 0], [0, 1, 0])[0]).notices[0], /^The frame has no field "selfRight"/);
});

test('a frame that is no flame graph says what is missing', () => {
  view.setFrames([{ fields: [field('level', [0]), field('time', [1])] }]);
  const message = view.snapshot().message;
  assert.equal(message?.isError, true);
  assert.match(message?.text ?? '', /^The frame has no field "value", expected the fields/);
});

test('columns of different lengths and labels without text are named', () => {
  const broken = (name: string, values: number[]) => {
    view.setFrames([{ fields: frame().fields.map((field) => (field.name === name ? { ...field, values } : field)) }]);
    return view.snapshot().message?.text;
  };
  assert.equal(broken('self', [1, 2]), 'Field "self" has 2 rows, expected 3 as in field "level".');
  assert.equal(broken('label', [0, 1, 9]), 'Row 2 has no label text, the frame has 3 of them.');
  assert.equal(broken('level', [0, 1, 3]), 'Row 2 has level 3 after level 1, expected a whole number from 0 to 2.');
});

test('more rows than are read at once arrive whole', () => {
  const rows = 200_000;
  const levels = Array.from({ length: rows }, (_, row) => Math.min(row, 1));
  const ones = levels.map((level) => level);
  view.setFrames([
    { fields: [field('level', levels), field('value', [rows - 1, ...ones.slice(1)]), field('self', ones), field('label', levels.map((_, row) => `f${row % 70_000}`))] },
  ]);
  assert.equal(view.snapshot().status, 'Count 200 K · 200,000 nodes · 69,999 functions');
});

test('no frame and no rows are no error', () => {
  for (const frames of [[], [{ fields: [field('level', []), field('value', []), field('self', []), field('label', [])] }]]) {
    view.setFrames(frames);
    assert.equal(view.snapshot().message?.isError, false);
  }
});

test('a click zooms and Escape, taken from the page, goes back', () => {
  view.setFrames([frame()]);
  drawn();
  view.dispatch({ kind: 'pointerDown', xCssPx: 150, yCssPx: 30 });
  view.dispatch({ kind: 'pointerUp', xCssPx: 150, yCssPx: 30 });
  assert.deepEqual(view.snapshot().breadcrumb.map((crumb) => crumb.label), ['total', 'idle']);
  assert.ok(drawn().includes('rect 0,21 199x20'));
  const escape = () => kinds(view.dispatch({ kind: 'key', key: 'Escape', command: false }));
  assert.ok(escape().includes('preventDefault'));
  assert.deepEqual(view.snapshot().breadcrumb, []);
});

test('an action that is none is an error that leaves the view working', () => {
  view.setFrames([frame()]);
  assert.throws(() => view.dispatch({ kind: 'explode' } as unknown as glue.Action), /unknown variant/);
  assert.equal(glue.hasPanicked(), false);
  assert.equal(view.snapshot().message, undefined);
});

test('the canvas has as many pixels as the screen', () => {
  view.setProps({ ...settings, devicePixelRatio: 1.5 });
  view.setFrames([frame()]);
  view.draw();
  assert.deepEqual([canvas.width, canvas.height], [300, 150]);
  assert.equal((canvas.style as unknown as { width: string }).width, '200px');
});

test('numbers are written in the language of the user', () => {
  view.setProps({ ...settings, locale: 'de' });
  view.setFrames([{ fields: frame().fields.map((field) => (field.name === 'value' ? { ...field, values: [1500, 900, 600] } : field)) }]);
  assert.match(view.snapshot().status, /^Time 1,5 µs/);
  view.setProps({ ...settings, locale: 'not a language' });
  assert.match(view.snapshot().status, /^Time 1\.5 µs/);
});

test('the table gives the rows in view', () => {
  view.setFrames([frame()]);
  const table = view.tableWindow(0, 100);
  assert.deepEqual(table.rows.map((row) => [row.name, row.cells[0].text, row.cells[0].fraction]), [['main', '60 ns', 0.6], ['idle', '40 ns', 0.4]]);
});

test('saved options of any version are understood', () => {
  assert.deepEqual(glue.migratePanelOptions({}), { version: 1, pane: 'both' });
  assert.deepEqual(glue.migratePanelOptions({ pane: 'table', version: 1 }), { version: 1, pane: 'table' });
  assert.deepEqual(glue.migratePanelOptions({ showFlameGraphOnly: true }), { version: 1, pane: 'graph' });
  assert.deepEqual(glue.migratePanelOptions({ pane: 'sideways' }), { version: 1, pane: 'both' });
});

test('the recorded answer of Grafana\'s own datasource is drawn as it is', async () => {
  const file = path.join(FIRELINE_ROOT, 'testdata/grafana-datasource/profile/answer.json');
  const answer = JSON.parse(await readFile(file, 'utf8'));
  const [{ schema, data }] = (Object.values(answer.results)[0] as { frames: Array<{ schema: { fields: glue.FrameLike['fields'] }; data: { values: unknown[][] } }> }).frames;
  view.setFrames([{ fields: schema.fields.map((field, place) => ({ ...field, config: field.config ?? {}, values: data.values[place] })) }]);
  const { message, notices, status } = view.snapshot();
  assert.deepEqual({ message, notices }, { message: undefined, notices: [] });
  assert.match(status, new RegExp(`· ${data.values[0].length.toLocaleString('en')} nodes ·`));
  assert.ok(drawn().some((line) => line.startsWith('rect 0,0 199x20')));
});
