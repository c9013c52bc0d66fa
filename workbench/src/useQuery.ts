import * as React from 'react';
import {
  CoreApp,
  LoadingState,
  preProcessPanelData,
  rangeUtil,
  type DataQuery,
  type DataSourceApi,
  type PanelData,
  type RawTimeRange,
} from '@grafana/data';
import { from, isObservable, type Subscription } from 'rxjs';
import { toTimeRange } from './time_range';

const MAX_DATA_POINTS = 400;

/** Runs a query of the datasource as Explore does, and keeps its last answer while the next is on its way. */
export function useQuery(datasource: DataSourceApi, raw: RawTimeRange) {
  const [data, setData] = React.useState<PanelData>({ state: LoadingState.NotStarted, series: [], timeRange: toTimeRange(raw) });
  const running = React.useRef<Subscription>(undefined);
  const requests = React.useRef(0);

  const run = React.useCallback(
    (query: DataQuery, raw: RawTimeRange) => {
      running.current?.unsubscribe();
      const timeRange = toTimeRange(raw);
      const { interval, intervalMs } = rangeUtil.calculateInterval(timeRange, MAX_DATA_POINTS, '1s');
      requests.current += 1;
      setData((last) => ({ ...last, state: LoadingState.Loading, timeRange }));
      const answer = datasource.query({
        app: CoreApp.Explore,
        requestId: `workbench-${requests.current}`,
        targets: [{ ...query, datasource: datasource.getRef() }],
        range: timeRange,
        interval,
        intervalMs,
        maxDataPoints: MAX_DATA_POINTS,
        scopedVars: {},
        timezone: 'browser',
        startTime: Date.now(),
      });
      running.current = (isObservable(answer) ? answer : from(answer)).subscribe({
        next: ({ data, errors, error, state }) => {
          const failed = errors?.[0] ?? error;
          const series = { series: data, timeRange, error: failed, errors, state: failed ? LoadingState.Error : (state ?? LoadingState.Done) };
          setData((last) => preProcessPanelData(series, last));
        },
        error: (error) => setData((last) => ({ ...last, state: LoadingState.Error, error: { message: error.message ?? String(error) } })),
      });
    },
    [datasource]
  );
  React.useEffect(() => () => running.current?.unsubscribe(), []);
  return { data, run };
}
