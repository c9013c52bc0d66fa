import { LoadingState, type DataQueryRequest, type DataQueryResponse } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { catchError, from, map, mergeMap, of, type Observable } from 'rxjs';
import type { FirelineQuery } from './query';

/** Runs a query of another datasource as Grafana would; its partial states, errors and cancellation pass through. */
export function runWrapped(request: DataQueryRequest<FirelineQuery>, inner: FirelineQuery): Observable<DataQueryResponse> {
  const { refId, datasource } = inner;
  // Grafana replaces an earlier answer by a later one of the same key.
  const key = `wrap-${refId}`;
  return from(getDataSourceSrv().get(datasource, request.scopedVars)).pipe(
    mergeMap((source) =>
      from(source.query({ ...request, requestId: `${request.requestId}-${key}`, targets: [{ ...inner, datasource: source.getRef() }] }))
    ),
    map((response) => ({ ...response, key })),
    catchError((error) => {
      const message = error instanceof Error ? error.message : String(error?.data?.message ?? error?.message ?? error);
      return of<DataQueryResponse>({ key, data: [], errors: [{ refId, message }], state: LoadingState.Error });
    })
  );
}
