import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { beforeEach, test } from 'node:test';
import type { DataFrame, DataQueryRequest, DataQueryResponse, DataSourceInstanceSettings } from '@grafana/data';
import { firstValueFrom, lastValueFrom, Observable, of, toArray } from 'rxjs';
import { FirelineDatasource } from '../src/datasource/FirelineDatasource';
import type { FirelineQuery, FirelineSettings } from '../src/datasource/query';
import { range } from './mock/grafana_data';
import { backend, others } from './mock/grafana_runtime';

declare const FIRELINE_ROOT: string;

const TRACE = '3f42b39a917f6c014f638c7e3c69341d';

Object.assign(globalThis, { document: { baseURI: 'http://grafana.test/' } });
globalThis.fetch = async () => {
  const bytes = await readFile(`${FIRELINE_ROOT}/dist/fireline-profiles-app/wasm/${FIRELINE_WASM_FILE}`);
  return new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/wasm' } });
};

beforeEach(() => {
  backend.sent = [];
  backend.answer = { data: [] };
  Object.keys(others).forEach((uid) => delete others[uid]);
  others.tempo = { type: 'tempo', query: () => of({ data: [] }) };
});

const wrap = (uid: string, part: object = {}) => ({ refId: 'A', queryType: 'wrap', inner: { datasource: { uid, type: 'prometheus' }, expr: 'up', ...part } });

function run(targets: object[], settings: FirelineSettings = {}, more: object = {}) {
  const request = { targets, app: 'explore', range: range(0, 60_000), scopedVars: {}, requestId: 'r', ...more };
  const datasource = new FirelineDatasource({ jsonData: settings } as DataSourceInstanceSettings<FirelineSettings>);
  return datasource.query(request as unknown as DataQueryRequest<FirelineQuery>);
}

/** The answer to the wrapped query; our own is empty. */
async function wrapped(targets: object[], settings?: FirelineSettings) {
  const all = await lastValueFrom(run(targets, settings).pipe(toArray()));
  const found = all.find(({ key }) => key?.startsWith('wrap-'));
  assert.ok(found);
  return found;
}

const field = (name: string, type: string, values: unknown[], config: object = {}) => ({ name, type, values, config });

const exemplars = () => ({
  name: 'exemplar',
  refId: 'A',
  length: 2,
  meta: { dataTopic: 'annotations', custom: { resultType: 'exemplar' } },
  fields: [
    field('Time', 'time', [1, 2]),
    field('Value', 'number', [0.1, 0.2]),
    field('job', 'string', ['shop', 'shop'], { links: [{ title: 'own' }] }),
    field('traceID', 'string', [TRACE.toUpperCase(), 'none']),
  ],
});

const answering = (data: object[]) => ({ type: 'prometheus', query: () => of({ data } as DataQueryResponse) });

const fieldOf = (frame: DataFrame, name: string) => frame.fields.find((candidate) => candidate.name === name);

test('an exemplar of another datasource becomes clickable', async () => {
  others.prom = answering([exemplars()]);
  const { data } = await wrapped([wrap('prom')]);
  const trace = fieldOf(data[0], 'trace_id');
  assert.deepEqual(trace?.values, [TRACE, null]);
  assert.deepEqual(fieldOf(data[0], 'traceID')?.values, [null, 'none'], 'what is no id stays');
  const [link] = trace?.config.links ?? [];
  assert.equal(link.title, 'Trace in the tempo');
  assert.equal(link.internal?.datasourceUid, 'tempo');
  assert.deepEqual(link.internal?.query, { query: "${__data.fields['trace_id']}", queryType: 'traceql' });
  assert.equal(data[0].meta.dataTopic, 'annotations', 'still drawn as diamonds');
  assert.deepEqual(fieldOf(data[0], 'job')?.config.links?.map(({ title }) => title), ['own'], 'links of its own stay');
});

test('links that somebody set up on a field stay, whatever its rows lack and it is called', async () => {
  const frame = exemplars();
  const own = { links: [{ title: 'own' }] };
  frame.fields[2] = field('job', 'string', ['shop', ''], own);
  frame.fields[3] = field('traceID', 'string', [TRACE, ''], own);
  others.prom = answering([frame]);
  const { data } = await wrapped([wrap('prom')]);
  const titles = (name: string) => fieldOf(data[0], name)?.config.links?.map(({ title }) => title) ?? [];
  assert.deepEqual(titles('job'), ['own']);
  assert.deepEqual(titles('trace_id').slice(0, 2), ['own', 'Trace in the tempo']);
});

test('settings that lead nowhere are told, and an address is linked once', async () => {
  const url = "https://traces.example.com/${__data.fields['trace_id']}";
  const frame = exemplars();
  frame.fields[3] = field('trace_id', 'string', [TRACE, null], { links: [{ title: 'Trace', url }] });
  others.prom = answering([frame]);
  const { data } = await wrapped([wrap('prom')], { links: { traces: 'gone', traceUrl: 'https://traces.example.com/${trace_id}' } });
  assert.match(data[0].meta.notices[0].text, /"gone", which does not exist/);
  const urls = fieldOf(data[0], 'trace_id')?.config.links?.map((link) => link.url).filter(Boolean);
  assert.deepEqual(urls, [url]);
});

test('what the other datasource holds is not changed', async () => {
  const frame = exemplars();
  const before = structuredClone(frame);
  others.prom = answering([frame]);
  await wrapped([wrap('prom')]);
  assert.deepEqual(frame, before);
});

test('the settings say which labels are ids', async () => {
  const frame = exemplars();
  frame.fields[3].name = 'correlation';
  others.prom = answering([frame]);
  const { data } = await wrapped([wrap('prom')], { exemplars: { traceLabels: ['correlation'], traceLabel: 'traceID' } });
  assert.deepEqual(fieldOf(data[0], 'traceID')?.values, [TRACE, null]);
});

test('exemplars that contradict themselves are told', async () => {
  const frame = exemplars();
  frame.fields.push(field('trace_id', 'string', ['b76efb7ac1779aa58aecd0fd08c2bdc5', null]));
  others.prom = answering([frame]);
  const { data } = await wrapped([wrap('prom')]);
  assert.match(data[0].meta.notices[0].text, /different traces in "trace_id" and "traceID"/);
});

test('a log line leads to its trace', async () => {
  const line = `kind=exception type=Error traceID=${TRACE} spanID=03fa1cbd967b13da`;
  const labels = [{ app: 'web' }, { app: 'web', trace_id: TRACE }, { app: 'web' }];
  others.loki = {
    type: 'loki',
    query: () => of({ data: [{ refId: 'A', length: 3, meta: { preferredVisualisationType: 'logs' }, fields: [field('labels', 'other', labels), field('Time', 'time', [1, 2, 3]), field('Line', 'string', [line, 'paid', 'no id'])] }] }),
  };
  const { data } = await wrapped([wrap('loki', { datasource: { uid: 'loki', type: 'loki' } })]);
  assert.deepEqual(fieldOf(data[0], 'trace_id')?.values, [TRACE, TRACE, null]);
  assert.deepEqual(fieldOf(data[0], 'span_id')?.values, ['03fa1cbd967b13da', null, null]);
  assert.equal(fieldOf(data[0], 'span_id')?.config.links?.[0].title, 'Profile of this span');
});

test('frames that lead nowhere pass as they are', async () => {
  const table = { refId: 'A', length: 1, fields: [field('name', 'string', ['x'])], meta: { custom: { deep: [1] } } };
  others.prom = answering([table]);
  const { data } = await wrapped([wrap('prom')]);
  assert.deepEqual(data[0], table);
  assert.equal(data[0].fields[0].values, table.fields[0].values, 'no column is copied');
});

test('"Explore" on a panel has the variables of the other query filled in by its own datasource', async () => {
  const filled = ([query]: FirelineQuery[]) => [{ ...query, expr: 'up{job=~"(a|b)"}' }];
  others.prom = Object.assign(answering([]), { interpolateVariablesInQueries: filled });
  const panel = wrap('prom', { expr: 'up{job=~"$job"}' }) as unknown as FirelineQuery;
  const datasource = new FirelineDatasource({ jsonData: {} } as DataSourceInstanceSettings<FirelineSettings>);
  await datasource.load();
  const exprOf = ([query]: FirelineQuery[]) => (query.inner as { expr: string }).expr;
  assert.equal(exprOf(datasource.interpolateVariablesInQueries([panel], {})), 'up{job=~"$job"}', 'nothing of it was asked yet');
  await wrapped([panel]);
  assert.equal(exprOf(datasource.interpolateVariablesInQueries([panel], {})), 'up{job=~"(a|b)"}');
});

test('partial states pass through, and the refId is the outer one', async () => {
  let asked: FirelineQuery | undefined;
  others.prom = {
    type: 'prometheus',
    query: (request) => {
      [asked] = request.targets;
      return of({ data: [], state: 'Streaming' }, { data: [], state: 'Done' });
    },
  };
  const all = await lastValueFrom(run([{ ...wrap('prom'), refId: 'B' }]).pipe(toArray()));
  assert.deepEqual(all.filter(({ key }) => key === 'wrap-B').map(({ state }) => state), ['Streaming', 'Done']);
  assert.equal(asked?.refId, 'B');
  assert.deepEqual(asked?.datasource, { uid: 'prom', type: 'prometheus' });
});

test('a datasource that answers with a promise is understood', async () => {
  others.prom = { type: 'prometheus', query: async () => ({ data: [exemplars()] }) };
  const { data } = await wrapped([wrap('prom')]);
  assert.ok(fieldOf(data[0], 'trace_id'));
});

test('points are as far apart as the other datasource wants', async () => {
  const asked: DataQueryRequest[] = [];
  const query = (request: DataQueryRequest) => {
    asked.push(request);
    return of({ data: [] });
  };
  others.slow = { type: 'prometheus', interval: '15s', query };
  others.quick = { type: 'prometheus', interval: '1s', query };
  others.plain = { type: 'prometheus', query };
  const panel = { interval: '2s', intervalMs: 2_000, maxDataPoints: 100 };
  for (const uid of ['slow', 'quick', 'plain']) {
    await lastValueFrom(run([wrap(uid)], {}, panel).pipe(toArray()));
  }
  assert.deepEqual(asked.map(({ intervalMs }) => intervalMs), [15_000, 2_000, 2_000]);
  assert.deepEqual(asked.map(({ interval }) => interval), ['15s', '2s', '2s']);
  assert.deepEqual(asked[0].scopedVars, { __interval: { text: '15s', value: '15s' }, __interval_ms: { text: '15000', value: 15_000 } });
  assert.deepEqual(asked[1].scopedVars, {});
});

test('a failure is an error of that query alone', async () => {
  const all = await lastValueFrom(run([wrap('gone'), { refId: 'B', profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds', labelSelector: '{service_name="a"}' }]).pipe(toArray()));
  const failed = all.find(({ key }) => key === 'wrap-A');
  assert.deepEqual(failed?.errors, [{ refId: 'A', message: 'Datasource gone was not found' }]);
  assert.deepEqual(backend.sent.map(({ refId }) => refId), ['B']);
});

test('wrapping itself is refused', async () => {
  const response = await firstValueFrom(run([wrap('x', { datasource: { uid: 'x', type: 'fireline-profiles-datasource' } })]));
  assert.match(response.errors?.[0].message ?? '', /cannot wrap its own queries/);
});

test('a query that is given up is given up inside too', async () => {
  let asked = 0;
  let given_up = 0;
  others.prom = {
    type: 'prometheus',
    query: () => {
      asked += 1;
      return new Observable(() => () => {
        given_up += 1;
      });
    },
  };
  const subscription = run([wrap('prom')]).subscribe();
  while (asked === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  subscription.unsubscribe();
  assert.equal(given_up, 1);
});
