import {
  LoadingState,
  type AdHocVariableFilter,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceGetTagKeysOptions,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type MetricFindValue,
  type ScopedVars,
  type TimeRange,
  getDefaultTimeRange,
} from '@grafana/data';
import { DataSourceWithBackend, getTemplateSrv } from '@grafana/runtime';
import type { AbstractQuery, RefusedQuery } from 'fireline-wasm';
import { from, map, mergeMap, of, type Observable } from 'rxjs';
import { loadFireline, type Fireline } from '../wasm/load';
import type { FirelineQuery, FirelineSettings } from './query';
import { FirelineVariables } from './FirelineVariables';

/** Grafana's side of the datasource: asks Rust what to send, and sends it. */
export class FirelineDatasource extends DataSourceWithBackend<FirelineQuery, FirelineSettings> {
  readonly settings: FirelineSettings;
  annotations = {};
  /** The wasm, for what Grafana asks synchronously once it is there. */
  private fireline?: Fireline;

  constructor(instanceSettings: DataSourceInstanceSettings<FirelineSettings>) {
    super(instanceSettings);
    this.settings = instanceSettings.jsonData;
    this.variables = new FirelineVariables(this);
  }

  async load(): Promise<Fireline> {
    this.fireline = await loadFireline();
    return this.fireline;
  }

  getDefaultQuery(): Partial<FirelineQuery> {
    return FIRELINE_CONSTANTS.defaultQuery;
  }

  query(request: DataQueryRequest<FirelineQuery>): Observable<DataQueryResponse> {
    return from(this.load()).pipe(mergeMap((fireline) => this.send(fireline, request)));
  }

  private send(fireline: Fireline, request: DataQueryRequest<FirelineQuery>): Observable<DataQueryResponse> {
    const { queries, refused } = fireline.prepareQueries(
      {
        queries: request.targets,
        app: request.app,
        ...millis(request.range),
        settings: this.settings,
        filters: request.filters ?? [],
      },
      (text: string, format: string) => getTemplateSrv().replace(text, request.scopedVars, format)
    );
    const targets = queries as unknown as FirelineQuery[];
    const sent = targets.length > 0 ? super.query({ ...request, targets }) : of<DataQueryResponse>({ data: [] });
    return refused.length > 0 ? sent.pipe(map((response) => withRefused(response, refused))) : sent;
  }

  /** For "Explore" on a panel. Before the wasm is there nothing was queried, and queries go as they are. */
  interpolateVariablesInQueries(queries: FirelineQuery[], scopedVars: ScopedVars, filters: AdHocVariableFilter[] = []) {
    const replace = (text: string, format: string) => getTemplateSrv().replace(text, scopedVars, format);
    return (this.fireline?.interpolateQueries(queries, filters, replace) as FirelineQuery[] | undefined) ?? queries;
  }

  async getTagKeys({ filters, timeRange }: DataSourceGetTagKeysOptions<FirelineQuery>): Promise<MetricFindValue[]> {
    return this.tags(filters, timeRange);
  }

  async getTagValues({ key, filters, timeRange }: DataSourceGetTagValuesOptions<FirelineQuery>): Promise<MetricFindValue[]> {
    return this.tags(filters, timeRange, key);
  }

  private async tags(filters: AdHocVariableFilter[], timeRange?: TimeRange, key?: string): Promise<MetricFindValue[]> {
    const fireline = await this.load();
    const { path, params } = fireline.tagRequest({ key, filters, ...millis(timeRange) });
    return fireline.variableValues(await this.getResource(path, params));
  }

  async importFromAbstractQueries(queries: AbstractQuery[]) {
    return (await this.load()).importQueries(queries) as FirelineQuery[];
  }

  async exportToAbstractQueries(queries: FirelineQuery[]) {
    return (await this.load()).exportQueries(queries);
  }
}

/** A time range as Rust takes it; without one, Grafana's usual. */
export function millis(range: TimeRange = getDefaultTimeRange()) {
  return { fromMillis: range.from.valueOf(), toMillis: range.to.valueOf() };
}

/** Adds what was not sent: waiting queries as empty frames with a notice, wrong ones as errors. */
function withRefused(response: DataQueryResponse, refused: RefusedQuery[]): DataQueryResponse {
  const waiting = refused.filter(({ waits }) => waits);
  const wrong = refused.filter(({ waits }) => !waits);
  const notice = ({ refId, message }: RefusedQuery) => ({
    refId,
    fields: [],
    length: 0,
    meta: { notices: [{ severity: 'warning' as const, text: message }] },
  });
  const errors = [...(response.errors ?? []), ...wrong.map(({ refId, message }) => ({ refId, message, status: 400 }))];
  return {
    ...response,
    data: [...response.data, ...waiting.map(notice)],
    error: errors[0],
    errors,
    state: wrong.length > 0 ? LoadingState.Error : response.state,
  };
}
