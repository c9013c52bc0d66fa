import * as React from 'react';
import { CoreApp, dataFrameToJSON, rangeUtil, toDataFrame, type DataFrame, type DataQueryRequest, type TimeRange, dateTime } from '@grafana/data';
import { getDataSourceSrv, locationService } from '@grafana/runtime';
import type { Trail, TrailAction, TrailEffect, TrailUpdate, TrailView } from 'fireline-pages-wasm';
import { from, isObservable, last, mergeMap, type Subscription } from 'rxjs';
import type { FirelinePages } from '../wasm/load_pages';
import { attempt, release } from '../wasm/panic';

type Question = Extract<TrailEffect, { kind: 'query' }>;

/** The parameters of the page's address, as they are and as they change. */
export function useParams(): Record<string, string> {
  const read = () => Object.fromEntries(locationService.getSearch());
  const [params, setParams] = React.useState(read);
  React.useEffect(() => locationService.getHistory().listen(() => setParams(read())), []);
  return params;
}

/** The walk, whose state lives in Rust: gives it what the page knows, runs its effects, returns what to draw. */
export function useTrail(pages: FirelinePages, params: Record<string, string>, range: TimeRange, widthCssPx: number, refreshes: number) {
  const [trail, setTrail] = React.useState<Trail>();
  const [view, setView] = React.useState<TrailView>();
  const [failure, setFailure] = React.useState<string>();
  const running = React.useRef(new Map<number, Subscription>());
  const frames = React.useRef(new Map<number, DataFrame[]>());

  const step = React.useCallback(
    (trail: Trail, advance: (trail: Trail) => TrailUpdate) => {
      const { value: update, failure } = attempt(pages, () => advance(trail));
      if (!update) {
        return setFailure(failure);
      }
      const perform = (effect: TrailEffect): void => {
        switch (effect.kind) {
          case 'navigate':
            return locationService.partial(effect.params);
          case 'cancel':
            running.current.get(effect.id)?.unsubscribe();
            return void running.current.delete(effect.id);
          case 'query': {
            const answered = (data: DataFrame[]) => {
              running.current.delete(effect.id);
              if (effect.wants === 'meta') {
                frames.current = new Map([[effect.id, data]]);
              }
              const read = data.map((frame) => dataFrameToJSON(effect.wants === 'meta' ? { ...frame, fields: [] } : toDataFrame(frame)));
              step(trail, (trail) => trail.answered(effect.id, JSON.stringify(read)));
            };
            return void running.current.set(effect.id, ask(effect, answered, (message) => {
              running.current.delete(effect.id);
              step(trail, (trail) => trail.failed(effect.id, message));
            }));
          }
          default:
            effect satisfies never;
        }
      };
      setView(update.view);
      update.effects.forEach(perform);
    },
    [pages]
  );

  React.useEffect(() => {
    const { value: made, failure } = attempt(pages, () => new pages.Trail());
    const subscriptions = running.current;
    setTrail(made);
    setFailure(failure);
    return () => {
      subscriptions.forEach((one) => one.unsubscribe());
      release(pages, made);
    };
  }, [pages]);
  React.useEffect(() => {
    if (trail && widthCssPx > 0) {
      const sources = getDataSourceSrv().getList().map(({ uid, name, type, isDefault = false, jsonData }) => ({ uid, name, type, isDefault, jsonData }));
      const [fromMillis, toMillis] = [range.from.valueOf(), range.to.valueOf()];
      step(trail, (trail) => trail.setProps({ sources, params, fromMillis, toMillis, widthCssPx, refreshes }));
    }
  }, [trail, params, range, widthCssPx, refreshes, step]);

  const dispatch = React.useCallback((action: TrailAction) => trail && step(trail, (trail) => trail.dispatch(action)), [trail, step]);
  const spanRows = (from: number, count: number) => (trail && attempt(pages, () => trail.spanRows(from, count)).value) ?? [];
  const framesOf = (id: number) => frames.current.get(id);
  return { view, failure, dispatch, spanRows, framesOf };
}

/** Runs a query of any data source of Grafana, and hands on its last answer. */
function ask({ id, uid, query, fromMillis, toMillis }: Question, answered: (data: DataFrame[]) => void, failed: (message: string) => void): Subscription {
  const [start, end] = [dateTime(fromMillis), dateTime(toMillis)];
  const range = { from: start, to: end, raw: { from: start, to: end } };
  const request: DataQueryRequest = {
    app: CoreApp.Unknown,
    requestId: `trail-${id}`,
    targets: [query],
    range,
    ...rangeUtil.calculateInterval(range, 400, '1s'),
    maxDataPoints: 400,
    scopedVars: {},
    timezone: 'browser',
    startTime: Date.now(),
  };
  const answers = from(getDataSourceSrv().get(uid)).pipe(
    mergeMap((source) => {
      const answer = source.query(request);
      return isObservable(answer) ? answer : from(answer);
    }),
    last()
  );
  return answers.subscribe({
    next: ({ data, errors, error }) => {
      const wrong = errors?.[0] ?? error;
      return wrong ? failed(messageOf(wrong)) : answered(data);
    },
    error: (cause) => failed(messageOf(cause)),
  });
}

/** The sentence in whatever a data source throws. */
function messageOf(cause: unknown): string {
  const { data, message, statusText } = cause as { data?: { message?: string; error?: string }; message?: string; statusText?: string };
  return message || data?.message || data?.error || statusText || String(cause);
}
