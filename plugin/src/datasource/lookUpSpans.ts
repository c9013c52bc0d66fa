import { dataFrameToJSON, toDataFrame, type DataQueryRequest } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import type { LookUpContext, SpanQuestion } from 'fireline-pages-wasm';
import type { RefusedQuery } from 'fireline-wasm';
import { catchError, defer, finalize, forkJoin, from, last, map, mergeMap, of, type Observable } from 'rxjs';
import { loadPages, type FirelinePages } from '../wasm/load_pages';
import type { FirelineQuery } from './query';

/** Queries with the ids of the spans that their classes mean, and those whose spans could not be looked up. */
interface LookedUp {
  targets: FirelineQuery[];
  failed: RefusedQuery[];
}

/** Looks up the spans of those queries that name a class of them; one that fails leaves the others alone. */
export function lookUpAll(
  request: DataQueryRequest<FirelineQuery>,
  queries: FirelineQuery[],
  refIds: string[],
  contextOf: (query: FirelineQuery) => LookUpContext
): Observable<LookedUp> {
  if (refIds.length === 0) {
    return of({ targets: queries, failed: [] });
  }
  const one = (query: FirelineQuery): Observable<LookedUp> =>
    (refIds.includes(query.refId) ? from(loadPages()).pipe(mergeMap((pages) => lookUp(pages, request, contextOf(query)))) : of(query)).pipe(
      map((query) => ({ targets: [query], failed: [] })),
      catchError((error) => of({ targets: [], failed: [{ refId: query.refId, message: messageOf(error), waits: false }] }))
    );
  return forkJoin(queries.map(one)).pipe(
    map((all) => ({ targets: all.flatMap(({ targets }) => targets), failed: all.flatMap(({ failed }) => failed) }))
  );
}

function lookUp(pages: FirelinePages, request: DataQueryRequest<FirelineQuery>, context: LookUpContext): Observable<FirelineQuery> {
  return defer(() => {
    const lookUp = pages.SpanLookUp.of(context);
    if (!lookUp) {
      return of(context.query as unknown as FirelineQuery);
    }
    const ask = ({ id, uid, query }: SpanQuestion) =>
      from(getDataSourceSrv().get({ uid })).pipe(
        mergeMap((source) =>
          from(source.query({ ...request, requestId: `${request.requestId}-spans-${id}`, targets: [{ refId: 'A', ...query, datasource: source.getRef() }] }))
        ),
        last(),
        map(({ data, errors, error }) => {
          const wrong = errors?.[0] ?? error;
          if (wrong) {
            throw wrong;
          }
          lookUp.answered(id, JSON.stringify(data.map((frame) => dataFrameToJSON(toDataFrame(frame)))));
        })
      );
    const round = (): Observable<FirelineQuery> => {
      const query = lookUp.query() as FirelineQuery | undefined;
      return query ? of(query) : forkJoin(lookUp.questions().map(ask)).pipe(mergeMap(round));
    };
    return round().pipe(finalize(() => lookUp.free()));
  });
}

function messageOf(cause: unknown): string {
  const { message, data } = cause as { message?: string; data?: { message?: string } };
  return `The spans of the class could not be looked up: ${message ?? data?.message ?? String(cause)}`;
}
