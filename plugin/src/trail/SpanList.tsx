import * as React from 'react';
import { Icon, useStyles2 } from '@grafana/ui';
import type { SpanRow, TraceView } from 'fireline-pages-wasm';
import { useSize } from '../panel/useSize';
import { moveFocus } from './arrowKeys';
import { getTrailStyles, SPAN_ROW_CSS_PX } from './styles';
import type { Dispatch } from './TrailPage';

interface Props {
  trace: TraceView;
  spanRows: (from: number, count: number) => SpanRow[];
  dispatch: Dispatch;
}

/** The spans of a trace; only the rows in view are in the page. */
export function SpanList({ trace, spanRows, dispatch }: Props) {
  const styles = useStyles2(getTrailStyles);
  const [box, setBox] = React.useState<HTMLElement | null>(null);
  const [scroll, setScroll] = React.useState(0);
  const { height } = useSize(box);
  // One more on either side, for the arrow keys to go to.
  const first = Math.max(Math.floor(scroll / SPAN_ROW_CSS_PX) - 1, 0);
  const rows = spanRows(first, Math.ceil(height / SPAN_ROW_CSS_PX) + 3);
  const [focused, setFocused] = React.useState<number>();
  const stop = [focused, trace.chosenRow].find((row) => row !== undefined && rows[row - first]) ?? first;
  React.useEffect(() => {
    if (box && trace.chosenRow !== undefined) {
      const top = trace.chosenRow * SPAN_ROW_CSS_PX;
      box.scrollTop = Math.min(Math.max(box.scrollTop, top + SPAN_ROW_CSS_PX - box.clientHeight), top);
    }
  }, [box, trace.chosenRow]);
  return (
    <div role="table" aria-label="Spans" aria-rowcount={trace.spanCount}>
      <div className={styles.spanHead} role="row">
        {['Service and operation', 'When', 'Duration', 'Self'].map((title) => <span key={title} role="columnheader">{title}</span>)}
      </div>
      <div ref={setBox} className={styles.spanBody} tabIndex={-1} onScroll={(event) => setScroll(event.currentTarget.scrollTop)}>
        <div role="rowgroup" onKeyDown={(event) => moveFocus(event, '[role=row]')} style={{ height: trace.spanCount * SPAN_ROW_CSS_PX, paddingTop: first * SPAN_ROW_CSS_PX, boxSizing: 'border-box' }}>
          {rows.map((row, at) => (
            <button key={first + at} role="row" aria-rowindex={first + at + 1} aria-selected={row.isChosen} tabIndex={first + at === stop ? 0 : -1} onFocus={() => setFocused(first + at)} className={styles.span} onClick={() => dispatch({ kind: 'chooseSpan', spanId: row.spanId })}>
              <span role="cell" style={{ paddingLeft: 8 + row.depth * 16 }}>
                {row.isError && <Icon name="exclamation-circle" size="sm" title="failed" />}
                {row.hasProfile && <Icon name="fire" size="sm" title="has a profile of its own" />} {row.service} <b>{row.operation}</b>
              </span>
              <span role="cell" aria-hidden className={styles.spanBar}>
                <i style={{ left: `${row.startPercent}%`, width: `max(2px, ${row.widthPercent}%)` }} />
                <u style={{ left: `${row.startPercent}%`, width: `${row.selfPercent}%` }} />
              </span>
              <span role="cell">{row.duration}</span>
              <span role="cell">{row.selfTime}</span>
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}
