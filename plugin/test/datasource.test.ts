import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { beforeEach, test } from 'node:test';
import type { AdHocVariableFilter, DataQueryRequest, DataSourceInstanceSettings } from '@grafana/data';
import { firstValueFrom } from 'rxjs';
import { FirelineDatasource } from '../src/datasource/FirelineDatasource';
import type { FirelineQuery, FirelineSettings } from '../src/datasource/query';
import { range } from './mock/grafana_data';
import { backend, others, variables } from './mock/grafana_runtime';

declare const FIRELINE_ROOT: string;

const CPU = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const HOUR = 3_600_000;

Object.assign(globalThis, { document: { baseURI: 'http://grafana.test/' } });
globalThis.fetch = async (url) => {
  const bytes = await readFile(`${FIRELINE_ROOT}/dist/fireline-profiles-app/wasm/${String(url).split('/').pop()}`);
  return new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/wasm' } });
};

beforeEach(() => {
  backend.sent = [];
  backend.asked = [];
  backend.answer = { data: [] };
  backend.resources = {};
  for (const name of Object.keys(variables)) {
    delete variables[name];
  }
});

const datasource = (settings: FirelineSettings = {}) =>
  new FirelineDatasource({ jsonData: settings } as DataSourceInstanceSettings<FirelineSettings>);

const target = (part: Partial<FirelineQuery>): FirelineQuery => ({ refId: 'A', profileTypeId: CPU, labelSelector: '{service_name="a"}', ...part });

function ask(targets: FirelineQuery[], part: Partial<DataQueryRequest<FirelineQuery>> = {}, settings: FirelineSettings = {}) {
  const request = { targets, app: 'explore', range: range(0, HOUR), scopedVars: {}, ...part };
  return firstValueFrom(datasource(settings).query(request as unknown as DataQueryRequest<FirelineQuery>));
}

test('the default query needs no wasm', () => {
  assert.equal(datasource().getDefaultQuery().labelSelector, '{}');
});

test('variables are filled in in every field', async () => {
  variables.svc = ['a.b', 'c'];
  variables.span = '03fa1cbd967b13da';
  variables.type = CPU;
  variables.n = '64';
  await ask([target({ labelSelector: '{service_name="$svc"}', profileTypeId: '$type', groupBy: ['$svc'], spanSelector: ['$span'], maxNodes: '$n' })]);
  const [sent] = backend.sent;
  assert.equal(sent.labelSelector, '{service_name=~"a\\\\.b|c"}');
  assert.equal(sent.profileTypeId, CPU);
  assert.deepEqual(sent.groupBy, ['a.b', 'c']);
  assert.deepEqual(sent.spanSelector, ['03fa1cbd967b13da']);
  assert.equal(sent.maxNodes, 64);
});

test('values over time have labels, be it none, for Grafana hides the exemplars of those that lack them', async () => {
  const field = (name: string, type: string, part: object = {}) => ({ name, type, values: [1], config: {}, ...part });
  const fields = [field('Time', 'time'), field('Value', 'number'), field('Other', 'number', { labels: { le: '1' } })];
  const frame = { refId: 'A', length: 1, fields };
  backend.answer = { data: [frame, { refId: 'A', length: 1, fields: [field('a', 'number')] }] };
  const { data } = await ask([target({})]);
  assert.deepEqual(data[0].fields.map(({ labels }: { labels?: object }) => labels), [undefined, {}, { le: '1' }]);
  assert.equal(data[1].fields[0].labels, undefined, 'a number alone is no series');
  assert.equal('labels' in frame.fields[1], false, 'the answer itself is not changed');
});

test('ad hoc filters narrow the query', async () => {
  await ask([target({})], { filters: [{ key: 'region', operator: '=', value: 'eu' }] as AdHocVariableFilter[] });
  assert.equal(backend.sent[0].labelSelector, '{service_name="a", region="eu"}');
});

test('a wrong query is an error of its own, and its neighbour is sent', async () => {
  const response = await ask([target({ labelSelector: '{service_name=a}' }), target({ refId: 'B' })]);
  assert.deepEqual(backend.sent.map(({ refId }) => refId), ['B']);
  assert.equal(response.errors?.[0].refId, 'A');
  assert.match(response.errors?.[0].message ?? '', /at 14/);
  assert.equal(response.error, response.errors?.[0]);
  assert.equal(response.state, 'Error');
});

test('a waiting query is an empty frame that says why, not an error', async () => {
  const response = await ask([target({ labelSelector: '{}' })]);
  assert.deepEqual(backend.sent, []);
  assert.equal(response.errors?.length, 0);
  assert.match(response.data[0].meta.notices[0].text, /names no service/);
});

test('the service label is a setting', async () => {
  await ask([target({ labelSelector: '{job="a"}' })], {}, { serviceLabel: 'job' });
  assert.equal(backend.sent.length, 1);
});

test('what the core datasource saved is sent as it was meant', async () => {
  await ask([{ refId: 'A', queryType: 'both', labelSelector: '', profileTypeId: CPU, spanSelector: [], groupBy: [] }], { app: 'dashboard' });
  assert.equal(backend.sent[0].queryType, 'profile');
  assert.equal(backend.sent[0].labelSelector, '{}');
});

test('labels and values of ad hoc filters come from the datasource', async () => {
  backend.resources.labelValues = ['eu', 'us'];
  const values = await datasource().getTagValues({ key: 'region', filters: [{ key: 'service_name', operator: '=', value: 'a' }] });
  assert.deepEqual(values.map(({ text }) => text), ['eu', 'us']);
  assert.equal(backend.asked[0].params?.query, '{service_name="a"}');
});

test('a query travels to another datasource and back', async () => {
  const [exported] = await datasource().exportToAbstractQueries([target({})]);
  assert.deepEqual(exported.labelMatchers, [{ name: 'service_name', value: 'a', operator: 'Equal' }]);
  const [imported] = await datasource().importFromAbstractQueries([exported]);
  assert.equal(imported.labelSelector, '{service_name="a"}');
});

test('exploring a panel fills in its variables', async () => {
  const source = datasource();
  variables.svc = 'a';
  assert.equal(source.interpolateVariablesInQueries([target({ labelSelector: '{service_name="$svc"}' })], {})[0].labelSelector, '{service_name="$svc"}');
  await source.load();
  assert.equal(source.interpolateVariablesInQueries([target({ labelSelector: '{service_name="$svc"}' })], {})[0].labelSelector, '{service_name="a"}');
});

test('the spans of a class are looked up before the query is sent', async () => {
  const answer = JSON.parse(await readFile(`${FIRELINE_ROOT}/testdata/trace-answers/tempo-spans.json`, 'utf8'));
  const asked: Array<Record<string, unknown>> = [];
  others.tempo = {
    type: 'tempo',
    query: ({ targets }) => {
      asked.push(...(targets as unknown as Array<Record<string, unknown>>));
      return Promise.resolve({ data: answer.results.A.frames });
    },
  };
  await ask([target({ spanClass: { service: 'checkout' } }), target({ refId: 'B' })]);
  delete others.tempo;
  assert.equal(asked.length, 1);
  assert.match(String(asked[0].query), /resource\.service\.name="checkout"/);
  const [own, neighbour] = backend.sent as unknown as Array<{ spanSelector?: string[]; spanClass?: { found?: { used: number } } }>;
  assert.ok(own.spanSelector?.length);
  assert.equal(own.spanClass?.found?.used, own.spanSelector?.length);
  assert.equal(neighbour.spanSelector, undefined);
});

test('look-ups of one panel do not cancel each other, and a baseline of another time has its own range', async () => {
  const asked: Array<{ requestId: string; from: number; to: number }> = [];
  others.tempo = {
    type: 'tempo',
    query: ({ requestId, range }) => {
      asked.push({ requestId, from: range.from.valueOf(), to: range.to.valueOf() });
      return Promise.resolve({ data: [] });
    },
  };
  const spanClass = { service: 'checkout' };
  await ask([target({ spanClass }), target({ refId: 'B', queryType: 'diff', spanClass, baseline: { offset: '30m' } })], { requestId: 'Q1' });
  delete others.tempo;
  const half = HOUR / 2;
  assert.equal(new Set(asked.map(({ requestId }) => requestId)).size, 3, JSON.stringify(asked));
  assert.deepEqual(asked.map(({ from, to }) => [from, to]), [[0, HOUR], [0, HOUR], [-half, half]]);
});

test('one trace that cannot be read leaves the spans of the others', async () => {
  const read = async (name: string) => JSON.parse(await readFile(`${FIRELINE_ROOT}/testdata/trace-answers/${name}.json`, 'utf8')).results.A.frames;
  const [search, trace] = [await read('jaeger-search'), await read('jaeger-trace')];
  let traces = 0;
  others.jaeger = {
    type: 'jaeger',
    query: async ({ targets }) => {
      if ((targets[0] as { queryType?: string }).queryType === 'search') {
        return { data: search };
      }
      traces += 1;
      return traces === 1 ? { data: [], errors: [{ message: 'gone' }] } : { data: trace };
    },
  };
  const { errors } = await ask([target({ spanClass: { service: 'checkout' } })]);
  delete others.jaeger;
  assert.equal(errors, undefined);
  const [sent] = backend.sent as unknown as Array<{ spanSelector: string[]; spanClass: { found: { isLimited?: boolean } } }>;
  assert.ok(sent.spanSelector.length > 0);
  assert.equal(sent.spanClass.found.isLimited, true);
});

test('spans that cannot be looked up fail their own query alone', async () => {
  const { errors } = await ask([target({ spanClass: { service: 'checkout' } }), target({ refId: 'B' })]);
  assert.deepEqual(backend.sent.map(({ refId }) => refId), ['B']);
  assert.equal(errors?.length, 1);
  assert.equal(errors?.[0].refId, 'A');
  assert.match(String(errors?.[0].message), /expected Tempo or Jaeger/);
});
