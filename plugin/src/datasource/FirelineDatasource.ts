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
import { DataSourceWithBackend, getDataSourceSrv, getTemplateSrv } from '@grafana/runtime';
import type { AbstractQuery, LinkContext, RefusedQuery } from 'fireline-wasm';
import { from, map, merge, mergeMap, of, type Observable } from 'rxjs';
import { loadFireline, type Fireline } from '../wasm/load';
import type { FirelineQuery, FirelineSettings } from './query';
import { FirelineVariables } from './FirelineVariables';
import { lookUpAll } from './lookUpSpans';
import { fillInWrapped, runWrapped } from './runWrapped';

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
    const { queries, lookUp, wrapped, refused } = fireline.prepareQueries(
      {
        queries: request.targets,
        app: request.app,
        ...millis(request.range),
        settings: this.settings,
        filters: request.filters ?? [],
      },
      (text: string, format: string) => getTemplateSrv().replace(text, request.scopedVars, format)
    );
    const own = lookUpAll(request, queries as unknown as FirelineQuery[], lookUp, (query) => this.linkContext(query)).pipe(
      mergeMap(({ targets, failed }) => {
        const sent = targets.length > 0 ? super.query({ ...request, targets }) : of<DataQueryResponse>({ data: [] });
        const notSent = [...refused, ...failed];
        return sent.pipe(
          map((response) => linked(fireline, response, (refId) => this.linkContext(targets.find((target) => target.refId === refId)), false)),
          map((response) => (notSent.length > 0 ? withRefused(response, notSent) : response))
        );
      })
    );
    const others = (wrapped as unknown as FirelineQuery[]).map((inner) =>
      runWrapped(request, inner).pipe(map((response) => linked(fireline, response, () => this.linkContext(inner), true)))
    );
    return others.length > 0 ? merge(own, ...others) : own;
  }

  private linkContext(query: FirelineQuery | undefined): LinkContext {
    const { uid, name, type } = this;
    const sources = getDataSourceSrv().getList({ all: true });
    return {
      own: { uid, name, type },
      sources: sources.map((source) => ({ uid: source.uid, name: source.name, type: source.type })),
      settings: this.settings,
      query: query ?? {},
    };
  }

  /** For "Explore" on a panel. Before the wasm is there nothing was queried, and queries go as they are. */
  interpolateVariablesInQueries(queries: FirelineQuery[], scopedVars: ScopedVars, filters: AdHocVariableFilter[] = []) {
    const replace = (text: string, format: string) => getTemplateSrv().replace(text, scopedVars, format);
    const filled = (this.fireline?.interpolateQueries(queries, filters, replace) as FirelineQuery[] | undefined) ?? queries;
    return filled.map((query) => fillInWrapped(query, scopedVars, filters));
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

/** Adds Rust's links to every frame. A frame that it cannot read stays as it is. */
function linked(fireline: Fireline, response: DataQueryResponse, context: (refId?: string) => LinkContext, wrapped: boolean): DataQueryResponse {
  return { ...response, data: response.data.map((frame) => fireline.linkFrame(frame, context(frame.refId), wrapped)) };
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
