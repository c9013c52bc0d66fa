import * as React from 'react';
import { applyFieldOverrides, dateTime, FieldColorModeId, type PanelData } from '@grafana/data';
import { LegendDisplayMode, PanelChrome, TimeSeries, useTheme2 } from '@grafana/ui';
import { AxisPlacement, GraphDrawStyle, VisibilityMode, type GraphFieldConfig } from '@grafana/schema';
import type { UrlState } from './url_state';
import { useWidth } from './useWidth';

const HEIGHT = 200;

const line: GraphFieldConfig = {
  drawStyle: GraphDrawStyle.Line,
  lineWidth: 1,
  fillOpacity: 12,
  showPoints: VisibilityMode.Auto,
  pointSize: 4,
  spanNulls: true,
  axisPlacement: AxisPlacement.Auto,
};

/** The rate over time, drawn by Grafana's own graph. */
export function RatePanel({ data, change }: { data: PanelData; change: (part: Partial<UrlState>) => void }) {
  const theme = useTheme2();
  const [ref, width] = useWidth<HTMLElement>();
  const frames = React.useMemo(
    () =>
      applyFieldOverrides({
        data: data.series,
        fieldConfig: { defaults: { color: { mode: FieldColorModeId.PaletteClassic }, custom: line, min: 0 }, overrides: [] },
        replaceVariables: (text) => text,
        theme,
        timeZone: 'browser',
      }),
    [data.series, theme]
  );
  const zoom = ({ from, to }: { from: number; to: number }) => change({ range: { from: dateTime(from), to: dateTime(to) } });
  return (
    <section ref={ref} aria-label="Rate">
      {width > 0 && (
        <PanelChrome title="Rate over time" width={width} height={HEIGHT} loadingState={data.state}>
          {(innerWidth, innerHeight) => (
            <TimeSeries
              frames={frames}
              width={innerWidth}
              height={innerHeight}
              timeRange={data.timeRange}
              timeZone="browser"
              structureRev={data.structureRev}
              legend={{ displayMode: LegendDisplayMode.List, placement: 'right', showLegend: frames.length > 1, calcs: [] }}
              options={{ onZoom: zoom }}
            />
          )}
        </PanelChrome>
      )}
    </section>
  );
}
