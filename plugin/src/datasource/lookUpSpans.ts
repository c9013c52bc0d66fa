import { dataFrameToJSON, dateTime, toDataFrame, type DataQueryRequest, type TimeRange } from '@grafana/data';
import type { LookUpContext, SpanQuestion } from 'fireline-pages-wasm';
import type { RefusedQuery } from 'fireline-wasm';
import { catchError, defer, finalize, forkJoin, from, map, mergeMap, of, type Observable } from 'rxjs';
import { loadPages, type FirelinePages } from '../wasm/load_pages';
import { askForFrames, messageOf } from './ask';
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
      catchError((error) => of({ targets: [], failed: [{ refId: query.refId, message: `The spans of the class could not be looked up: ${messageOf(error)}`, waits: false }] }))
    );
  return forkJoin(queries.map(one)).pipe(
    map((all) => ({ targets: all.flatMap(({ targets }) => targets), failed: all.flatMap(({ failed }) => failed) }))
  );
}

function lookUp(pages: FirelinePages, request: DataQueryRequest<FirelineQuery>, context: LookUpContext): Observable<FirelineQuery> {
  return defer(() => {
    const lookUp = pages.SpanLookUp.of(context, request.range.from.valueOf(), request.range.to.valueOf());
    if (!lookUp) {
      return of(context.query as unknown as FirelineQuery);
    }
    const ask = ({ id, uid, query, fromMillis, toMillis }: SpanQuestion) => {
      const requestId = `${request.requestId}-spans-${String(context.query.refId)}-${id}`;
      const range = rangeOf(fromMillis, toMillis);
      return askForFrames(uid, (source) => ({ ...request, requestId, range, targets: [{ refId: 'A', ...query, datasource: source.getRef() }] })).pipe(
        map((frames) => lookUp.answered(id, JSON.stringify(frames.map((frame) => dataFrameToJSON(toDataFrame(frame)))))),
        catchError((cause) => of(lookUp.failed(id, messageOf(cause))))
      );
    };
    const round = (): Observable<FirelineQuery> => {
      const query = lookUp.query() as FirelineQuery | undefined;
      return query ? of(query) : forkJoin(lookUp.questions().map(ask)).pipe(mergeMap(round));
    };
    return round().pipe(finalize(() => lookUp.free()));
  });
}

function rangeOf(fromMillis: number, toMillis: number): TimeRange {
  const [start, end] = [dateTime(fromMillis), dateTime(toMillis)];
  return { from: start, to: end, raw: { from: start, to: end } };
}
