import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@grafana/plugin-e2e';

// What Grafana made of the provisioning folder, read back over its API.
const { GRAFANA_URL } = process.env;

test.skip(!GRAFANA_URL, 'GRAFANA_URL is not given');
test.use({ baseURL: GRAFANA_URL });

interface Correlation {
  sourceUID: string;
  targetUID: string;
  label: string;
  description: string;
  provisioned: boolean;
  type: string;
  config: { field: string; target: Record<string, unknown>; transformations?: Array<{ expression: string }> };
}

const folder = join(__dirname, '../../provisioning/datasources');
const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
const written = files.join('\n').split('\n').filter((line) => /^ +- targetUID:/.test(line)).length;

test('every provisioned correlation is there as it was written @grafana', async ({ request }) => {
  const answer = await request.get('/api/datasources/correlations?limit=1000');
  expect(answer.status()).toBe(200);
  const all: Correlation[] = (await answer.json()).correlations;
  const ours = all.filter(({ provisioned }) => provisioned);
  expect(written).toBeGreaterThan(35);
  expect(ours).toHaveLength(written);
  for (const { label, description, type, config } of ours) {
    expect(label, JSON.stringify(config)).not.toBe('');
    expect(description, label).not.toBe('');
    expect(type, label).toBe('query');
    expect(JSON.stringify(config.target), 'variables are left to the link').toMatch(/\$\{\w/);
    expect(JSON.stringify(config), 'two dollars have become one').not.toContain('$$');
  }
});

test('each tracer is asked in its own words @grafana', async ({ request }) => {
  const answer = await request.get('/api/datasources/uid/loki/correlations');
  const correlations: Correlation[] = await answer.json();
  const queryOf = (uid: string) => correlations.find(({ targetUID }) => targetUID === uid)?.config.target;
  expect(queryOf('tempo')).toEqual({ query: '${trace_id}', queryType: 'traceql' });
  expect(queryOf('jaeger')).toEqual({ query: '${trace_id}' });
  expect(queryOf('zipkin')).toEqual({ query: '${trace_id}', queryType: 'traceID' });
});

test('a span of any tracer leads to its profile @grafana', async ({ request }) => {
  for (const tracer of ['tempo', 'jaeger', 'zipkin']) {
    const answer = await request.get(`/api/datasources/uid/${tracer}/correlations`);
    const correlations: Correlation[] = await answer.json();
    const ofSpan = correlations.find((one) => one.targetUID === 'fireline' && one.config.field === 'spanID');
    expect(ofSpan?.config.target, tracer).toMatchObject({
      spanSelector: ['${profile_id}'],
      labelSelector: '{service_name=${serviceName:doublequote}}',
      origin: 'link',
      plan: {},
    });
    const settings = await (await request.get(`/api/datasources/uid/${tracer}`)).json();
    expect(settings.jsonData.tracesToProfiles, tracer).toMatchObject({ datasourceUid: 'fireline' });
  }
});
