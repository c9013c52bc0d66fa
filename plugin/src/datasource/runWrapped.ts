import { LoadingState, rangeUtil, type AdHocVariableFilter, type DataQueryRequest, type DataQueryResponse, type DataSourceApi, type ScopedVars } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { catchError, from, map, mergeMap, of, tap, type Observable } from 'rxjs';
import { messageOf } from './ask';
import type { FirelineQuery } from './query';

/** Datasources whose queries were run, by uid: Grafana asks for variables synchronously. */
const known = new Map<string, DataSourceApi>();

/** A query whose inner one has its variables filled in by its own datasource, once that is known. */
export function fillInWrapped(query: FirelineQuery, scopedVars: ScopedVars, filters: AdHocVariableFilter[]): FirelineQuery {
  const inner = query.inner as FirelineQuery | undefined;
  const [filled] = known.get(String(inner?.datasource?.uid))?.interpolateVariablesInQueries?.([inner as FirelineQuery], scopedVars, filters) ?? [];
  return filled ? { ...query, inner: filled } : query;
}

/** Runs a query of another datasource as Grafana would; its partial states, errors and cancellation pass through. */
export function runWrapped(request: DataQueryRequest<FirelineQuery>, inner: FirelineQuery): Observable<DataQueryResponse> {
  const { refId, datasource } = inner;
  // Grafana replaces an earlier answer by a later one of the same key.
  const key = `wrap-${refId}`;
  return from(getDataSourceSrv().get(datasource, request.scopedVars)).pipe(
    tap((source) => known.set(String(datasource?.uid), source)),
    mergeMap((source) =>
      from(source.query({ ...intervalOf(source, request), requestId: `${request.requestId}-${key}`, targets: [{ ...inner, datasource: source.getRef() }] }))
    ),
    map((response) => ({ ...response, key })),
    catchError((error) => of<DataQueryResponse>({ key, data: [], errors: [{ refId, message: messageOf(error) }], state: LoadingState.Error }))
  );
}

/** The request with the distance of points that Grafana would have given to the other datasource, which may set a longer one. */
function intervalOf<T extends DataQueryRequest<FirelineQuery>>(source: DataSourceApi, request: T): T {
  if (!source.interval || !request.maxDataPoints) {
    return request;
  }
  const { interval, intervalMs } = rangeUtil.calculateInterval(request.range, request.maxDataPoints, source.interval);
  if (intervalMs <= request.intervalMs) {
    return request;
  }
  const scopedVars = {
    ...request.scopedVars,
    __interval: { text: interval, value: interval },
    __interval_ms: { text: String(intervalMs), value: intervalMs },
  };
  return { ...request, interval, intervalMs, scopedVars };
}
