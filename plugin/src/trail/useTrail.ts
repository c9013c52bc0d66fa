import * as React from 'react';
import { CoreApp, dataFrameFromJSON, dataFrameToJSON, rangeUtil, toDataFrame, type DataFrame, type DataQueryRequest, type TimeRange, dateTime } from '@grafana/data';
import { getDataSourceSrv, locationService } from '@grafana/runtime';
import type { Trail, TrailAction, TrailEffect, TrailUpdate, TrailView } from 'fireline-pages-wasm';
import type { Subscription } from 'rxjs';
import { askForFrames, messageOf } from '../datasource/ask';
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
  const framesOf = React.useCallback(
    (id: number) => {
      const made = frames.current.has(id) ? undefined : trail && attempt(pages, () => trail.traceFlameFrame()).value;
      if (made) {
        frames.current = new Map([[id, [dataFrameFromJSON(JSON.parse(made))]]]);
      }
      return frames.current.get(id);
    },
    [pages, trail]
  );
  return { view, failure, dispatch, spanRows, framesOf };
}

/** Runs queries of any data source of Grafana. */
function ask({ id, uid, queries, fromMillis, toMillis }: Question, answered: (data: DataFrame[]) => void, failed: (message: string) => void): Subscription {
  const [start, end] = [dateTime(fromMillis), dateTime(toMillis)];
  const range = { from: start, to: end, raw: { from: start, to: end } };
  const request: DataQueryRequest = {
    app: CoreApp.Unknown,
    requestId: `trail-${id}`,
    targets: queries,
    range,
    ...rangeUtil.calculateInterval(range, 400, '1s'),
    maxDataPoints: 400,
    scopedVars: {},
    timezone: 'browser',
    startTime: Date.now(),
  };
  return askForFrames(uid, () => request).subscribe({ next: answered, error: (cause) => failed(messageOf(cause)) });
}
