import type { DataFrame, DataQuery, DataQueryRequest, DataSourceApi } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { from, last, map, mergeMap, type Observable } from 'rxjs';

/** Asks a data source of Grafana, and hands on the frames of its last answer; one that says of an error fails with it. */
export function askForFrames(uid: string, requestOf: (source: DataSourceApi) => DataQueryRequest<DataQuery>): Observable<DataFrame[]> {
  return from(getDataSourceSrv().get({ uid })).pipe(
    mergeMap((source) => from(source.query(requestOf(source)))),
    last(),
    map(({ data, errors, error }) => {
      const wrong = errors?.[0] ?? error;
      if (wrong) {
        throw wrong;
      }
      return data;
    })
  );
}

/** The sentence in whatever a data source or Grafana's HTTP client throws: what the server says comes first. */
export function messageOf(cause: unknown): string {
  const { data, message, statusText } = (cause ?? {}) as { data?: { message?: string; error?: string }; message?: string; statusText?: string };
  return data?.message || data?.error || message || statusText || String(cause);
}
