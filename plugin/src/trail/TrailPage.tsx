import * as React from 'react';
import { dateTime, getTimeZone, rangeUtil, type RawTimeRange } from '@grafana/data';
import { locationService, PluginPage } from '@grafana/runtime';
import { Alert, Button, Input, TimeRangePicker, ToolbarButton, useStyles2 } from '@grafana/ui';
import type { MetricView, RangeMove, TrailAction } from 'fireline-pages-wasm';
import { useSize } from '../panel/useSize';
import { type FirelinePages, loadPages } from '../wasm/load_pages';
import { WasmGate } from '../wasm/WasmGate';
import { LogList, OtherTraces } from './lists';
import { MetricChart } from './MetricChart';
import { Picker } from './Picker';
import { SpanList } from './SpanList';
import { CARD_EDGE_CSS_PX, getTrailStyles } from './styles';
import { TraceProfile } from './TraceProfile';
import { TrailCard } from './TrailCard';
import { useParams, useTrail } from './useTrail';

export type Dispatch = (action: TrailAction) => void;

/** From a metric to a trace, to its profile, to a function, and back. */
export function TrailPage() {
  return (
    <PluginPage>
      <WasmGate load={loadPages}>{(pages) => <Walk pages={pages} />}</WasmGate>
    </PluginPage>
  );
}

function Walk({ pages }: { pages: FirelinePages }) {
  const styles = useStyles2(getTrailStyles);
  const [box, setBox] = React.useState<HTMLElement | null>(null);
  const { width } = useSize(box);
  const [refreshes, setRefreshes] = React.useState(0);
  const params = useParams();
  const { from = 'now-15m', to = 'now', timezone } = params;
  const timeZone = timezone || getTimeZone();
  // Asked again, a range that ends now ends later.
  const range = React.useMemo(() => rangeUtil.convertRawToRange({ from: time(from), to: time(to) }, timeZone), [from, to, timeZone, refreshes]);
  const { view, failure, dispatch, spanRows, framesOf } = useTrail(pages, params, range, width - 2 * CARD_EDGE_CSS_PX, refreshes);
  const setRange = ({ from, to }: RawTimeRange) => dispatch({ kind: 'chooseRange', from: String(from.valueOf()), to: String(to.valueOf()) });
  const move = (by: RangeMove) => () => dispatch({ kind: 'moveRange', by });
  if (failure) {
    return <Alert severity="error" title="The trail stopped working">{failure} Reload the page to go on.</Alert>;
  }
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        {view?.sources.map(({ role, label, uid, choices }) => (
          <Picker key={role} label={label} value={uid} choices={choices} width={22} disabled={choices.length < 2} onChoose={(uid) => dispatch({ kind: 'chooseSource', role, uid })} />
        ))}
        <span className={styles.space} />
        <div className={styles.source}>
          <TimeRangePicker value={range} timeZone={timeZone} onChange={({ raw }) => setRange(raw)} onChangeTimeZone={(timezone) => locationService.partial({ timezone: timezone || null })} onMoveBackward={move('earlier')} onMoveForward={move('later')} onZoom={move('longer')} />
          <ToolbarButton icon="sync" aria-label="Ask again" tooltip="Ask again" onClick={() => setRefreshes(refreshes + 1)} />
        </div>
      </div>
      <div ref={setBox}>
        {view && (
          <TrailCard id="metric" card={view.metric.card} tools={<Metric metric={view.metric} dispatch={dispatch} />}>
            {view.metric.chart && <MetricChart chart={view.metric.chart} timeZone={timeZone} dispatch={dispatch} />}
          </TrailCard>
        )}
      </div>
      {view?.trace && (
        <TrailCard
          id="trace"
          card={view.trace.card}
          tools={
            <Button size="sm" variant={view.trace.isWholeChosen ? 'primary' : 'secondary'} aria-pressed={view.trace.isWholeChosen} onClick={() => dispatch({ kind: 'chooseSpan' })}>
              Whole trace
            </Button>
          }
        >
          {view.trace.spanCount > 0 && <SpanList trace={view.trace} spanRows={spanRows} dispatch={dispatch} />}
        </TrailCard>
      )}
      {view?.profile && <TraceProfile profile={view.profile} framesOf={framesOf} range={range} callSite={view.function ? [...view.function.callers, view.function.name] : []} dispatch={dispatch} />}
      {view?.function && (
        <TrailCard id="function" card={view.function.card}>
          <OtherTraces traces={view.function.traces} timeZone={timeZone} dispatch={dispatch} />
        </TrailCard>
      )}
      {view?.logs && (
        <TrailCard id="logs" card={view.logs.card}>
          <LogList rows={view.logs.rows} timeZone={timeZone} dispatch={dispatch} />
        </TrailCard>
      )}
    </div>
  );
}

function Metric({ metric, dispatch }: { metric: MetricView; dispatch: Dispatch }) {
  const choose = (expr: string) => expr !== metric.expr && dispatch({ kind: 'chooseExpr', expr });
  const service = metric.choices.find(({ value }) => value === metric.expr);
  return (
    <>
      <Picker label="Service" value={service?.value} choices={metric.choices} width={28} onChoose={choose} />
      <Input
        key={metric.expr}
        aria-label="PromQL"
        defaultValue={metric.expr}
        placeholder="PromQL"
        onBlur={(event) => choose(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && choose(event.currentTarget.value)}
      />
    </>
  );
}

/** Grafana writes absolute times as milliseconds, relative ones as `now-1h`. */
const time = (text: string) => (/^\d+$/.test(text) ? dateTime(Number(text)) : text);
