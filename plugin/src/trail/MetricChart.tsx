import * as React from 'react';
import { dateTimeFormat, type TimeZone } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import type { Chart, Diamond } from 'fireline-pages-wasm';
import { moveFocus } from './arrowKeys';
import { getTrailStyles } from './styles';
import type { Dispatch } from './TrailPage';

/** Series and exemplars at the places that Rust found for them. */
export function MetricChart({ chart, timeZone, dispatch }: { chart: Chart; timeZone: TimeZone; dispatch: Dispatch }) {
  const theme = useTheme2();
  const styles = useStyles2(getTrailStyles);
  const [hovered, setHovered] = React.useState<Diamond>();
  const [focused, setFocused] = React.useState<number>();
  const stop = Math.min(focused ?? Math.max(chart.diamonds.findIndex(({ isChosen }) => isChosen), 0), chart.diamonds.length - 1);
  const clock = (millis: number) => dateTimeFormat(millis, { format: 'HH:mm:ss', timeZone });
  const { palette } = theme.visualization;
  const colour = (at: number) => theme.visualization.getColorByName(palette[at % palette.length]);
  const follow = ({ traceId, spanId }: Diamond) => traceId && dispatch({ kind: 'chooseTrace', traceId, spanId });
  return (
    <div className={styles.chart}>
      <svg width={chart.width} height={chart.height} role="group" aria-label="Series and exemplars">
        {chart.valueTicks.map(({ y, text }) => (
          <g key={text}>
            <line x1={chart.left} x2={chart.right} y1={y} y2={y} stroke={theme.colors.border.weak} />
            <text x={chart.left - 8} y={y} textAnchor="end" dominantBaseline="middle">{text}</text>
          </g>
        ))}
        {chart.timeTicks.map(({ x, atMillis }) => <text key={atMillis} x={x} y={chart.bottom + 16} textAnchor={x > chart.right - 24 ? 'end' : 'middle'}>{dateTimeFormat(atMillis, { format: chart.timeFormat, timeZone })}</text>)}
        {chart.lines.map(({ path }, at) => <path key={at} d={path} fill="none" stroke={colour(at)} strokeWidth={1.5} />)}
        <g role="toolbar" aria-label="Exemplars" onKeyDown={(event) => moveFocus(event, '[role=button]')}>
          {chart.diamonds.map((diamond, at) => (
            <g
              key={at}
              className={styles.diamond}
              transform={`translate(${diamond.x} ${diamond.y})`}
              role="button"
              tabIndex={at === stop ? 0 : -1}
              aria-label={`Exemplar ${diamond.value} at ${clock(diamond.atMillis)}`}
              aria-disabled={!diamond.traceId}
              aria-pressed={diamond.isChosen}
              onClick={() => follow(diamond)}
              onKeyDown={(event) => (event.key === 'Enter' || event.key === ' ') && (event.preventDefault(), follow(diamond))}
              onMouseEnter={() => setHovered(diamond)}
              onMouseLeave={() => setHovered(undefined)}
              onFocus={() => (setHovered(diamond), setFocused(at))}
              onBlur={() => setHovered(undefined)}
            >
              <path d={diamond.isChosen ? 'M0 -8L8 0L0 8L-8 0Z' : 'M0 -5.5L5.5 0L0 5.5L-5.5 0Z'} />
            </g>
          ))}
        </g>
      </svg>
      {chart.lines.length > 1 && (
        <div className={styles.quiet}>
          {chart.lines.map(({ name }, at) => <span key={at} className={styles.legend}><i style={{ background: colour(at) }} />{name}</span>)}
        </div>
      )}
      {hovered && <DiamondTooltip diamond={hovered} time={clock(hovered.atMillis)} flips={hovered.x > chart.width / 2} width={chart.width} />}
    </div>
  );
}

function DiamondTooltip({ diamond, time, flips, width }: { diamond: Diamond; time: string; flips: boolean; width: number }) {
  const styles = useStyles2(getTrailStyles);
  const place = flips ? { right: width - diamond.x + 12 } : { left: diamond.x + 12 };
  const lines = [['Time', time], ...diamond.labels, ['Trace', diamond.traceId ?? 'not named by its labels'], ...(diamond.spanId ? [['Span', diamond.spanId]] : [])];
  return (
    <div className={styles.tooltip} style={{ top: diamond.y, ...place }} role="tooltip">
      <strong>{diamond.value}</strong>
      <dl>{lines.map(([name, value]) => <React.Fragment key={name}><dt>{name}</dt><dd>{value}</dd></React.Fragment>)}</dl>
    </div>
  );
}
