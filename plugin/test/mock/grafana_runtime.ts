import type { DataQueryRequest, DataQueryResponse, ScopedVars } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';
import { of, type Observable } from 'rxjs';
import type { FirelineQuery } from '../../src/datasource/query';

/** What reached the backend, and what it answers. */
export const backend = {
  sent: [] as FirelineQuery[],
  answer: { data: [] } as DataQueryResponse,
  resources: {} as Record<string, unknown>,
  asked: [] as Array<{ path: string; params?: Record<string, string> }>,
};

/** Template variables by name; a list has several values. */
export const variables: Record<string, string | string[]> = {};

export class DataSourceWithBackend {
  variables: unknown;

  query(request: DataQueryRequest<FirelineQuery>): Observable<DataQueryResponse> {
    backend.sent.push(...request.targets);
    return of(backend.answer);
  }

  async getResource(path: string, params?: Record<string, string>) {
    backend.asked.push({ path, params });
    return backend.resources[path];
  }
}

const templateSrv = {
  getVariables: () => [],
  containsTemplate: (text?: string) => Boolean(text?.includes('$')),
  updateTimeRange: () => {},
  replace: (text = '', _scopedVars?: ScopedVars, format?: string | ((value: string) => string)) =>
    text.replace(/\$(\w+)/g, (whole, name: string) => {
      const value = variables[name];
      if (value === undefined) {
        return whole;
      }
      return format === 'json' ? JSON.stringify(value) : [value].flat().join(format === 'regex' ? '|' : ',');
    }),
} satisfies TemplateSrv;

/** Other datasources by uid. */
export const others: Record<string, { type: string; interval?: string; query: (request: DataQueryRequest<FirelineQuery>) => unknown }> = {};

export const getDataSourceSrv = () => ({
  getList: () => Object.entries(others).map(([uid, { type }]) => ({ uid, type, name: `the ${uid}` })),
  get: async ({ uid }: { uid: string }) => {
    const other = others[uid];
    if (!other) {
      throw new Error(`Datasource ${uid} was not found`);
    }
    return { ...other, getRef: () => ({ uid, type: other.type }) };
  },
});

export const getTemplateSrv = () => templateSrv;
