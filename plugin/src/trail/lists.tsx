import * as React from 'react';
import { dateTimeFormat, type TimeZone } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { LogRow, OtherTraceRow } from 'fireline-pages-wasm';
import { getTrailStyles } from './styles';
import type { Dispatch } from './TrailPage';

const clock = (millis: number, timeZone: TimeZone) => dateTimeFormat(millis, { format: 'HH:mm:ss.SSS', timeZone });

/** Traces through a function, each a way to it. */
export function OtherTraces({ traces, timeZone, dispatch }: { traces: OtherTraceRow[]; timeZone: TimeZone; dispatch: Dispatch }) {
  const styles = useStyles2(getTrailStyles);
  return (
    <div role="list" aria-label="Traces through this function" className={styles.list}>
      {traces.map(({ traceId, spanId, atMillis, sharePercent, labels, isChosen }) => (
        <div key={traceId} role="listitem">
          <button className={styles.trace} aria-current={isChosen} onClick={() => dispatch({ kind: 'chooseTrace', traceId, spanId })}>
            <span>{clock(atMillis, timeZone)}</span>
            <span className={styles.spanBar}><i style={{ width: `max(2px, ${sharePercent}%)` }} /></span>
            <code>{traceId}</code>
            <span>{isChosen ? 'this trace' : labels}</span>
          </button>
        </div>
      ))}
    </div>
  );
}

/** Log lines, in the order in which they were written; one that names a trace is a way to it. */
export function LogList({ rows, timeZone, dispatch }: { rows: LogRow[]; timeZone: TimeZone; dispatch: Dispatch }) {
  const styles = useStyles2(getTrailStyles);
  return (
    <div role="list" aria-label="Log lines" className={styles.list}>
      {rows.map(({ atMillis, service, level, text, traceId, spanId, leadsTo, isChosen }, at) => {
        const cells = <><span>{clock(atMillis, timeZone)}</span> <span>{service}</span> <span>{level}</span> <code>{text}</code> <span>{leadsTo}</span></>;
        return (
          <div key={at} role="listitem">
            {traceId ? (
              <button className={styles.log} aria-current={isChosen} onClick={() => dispatch({ kind: 'chooseTrace', traceId, spanId })}>{cells}</button>
            ) : (
              <div className={styles.line}>{cells}</div>
            )}
          </div>
        );
      })}
    </div>
  );
}
