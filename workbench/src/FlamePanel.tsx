import * as React from 'react';
import { css } from '@emotion/css';
import {
  applyFieldOverrides,
  EventBusSrv,
  getPanelOptionsWithDefaults,
  PluginContextProvider,
  type FieldConfigSource,
  type PanelData,
  type PanelPlugin,
} from '@grafana/data';
import { ErrorBoundaryAlert, PanelChrome, useTheme2 } from '@grafana/ui';
import type { UrlState } from './url_state';
import { useWidth } from './useWidth';

interface Props {
  panelPlugin: PanelPlugin;
  data: PanelData;
  change: (part: Partial<UrlState>) => void;
}

const height = css({ flexGrow: 1, minHeight: 480 });

/** The panel plugin, in a panel as Grafana frames it. */
export function FlamePanel({ panelPlugin, data, change }: Props) {
  const theme = useTheme2();
  const [ref, width] = useWidth<HTMLElement>();
  const [events] = React.useState(() => new EventBusSrv());
  const [saved, setSaved] = React.useState<{ options: unknown; fieldConfig: FieldConfigSource }>(() =>
    getPanelOptionsWithDefaults({
      plugin: panelPlugin,
      currentOptions: {},
      currentFieldConfig: { defaults: {}, overrides: [] },
      isAfterPluginChange: false,
    })
  );
  const { options, fieldConfig } = saved;
  const series = React.useMemo(
    () => applyFieldOverrides({ data: data.series, fieldConfig, replaceVariables: (text) => text, theme, timeZone: 'browser' }),
    [data.series, fieldConfig, theme]
  );
  const Panel = panelPlugin.panel;
  return (
    <section ref={ref} className={height} aria-label="Flame graph">
      {width > 0 && Panel && (
        <PanelChrome title="Flame graph" width={width} height={panelHeight()} loadingState={data.state}>
          {(innerWidth, innerHeight) => (
            <ErrorBoundaryAlert title="The panel failed" dependencies={[data]}>
              <PluginContextProvider meta={panelPlugin.meta}>
                <Panel
                  id={1}
                  title="Flame graph"
                  data={{ ...data, series }}
                  timeRange={data.timeRange}
                  timeZone="browser"
                  transparent={false}
                  width={innerWidth}
                  height={innerHeight}
                  renderCounter={0}
                  options={options}
                  fieldConfig={fieldConfig}
                  replaceVariables={(text) => text}
                  onOptionsChange={(options) => setSaved({ ...saved, options })}
                  onFieldConfigChange={(fieldConfig) => setSaved({ ...saved, fieldConfig })}
                  onChangeTimeRange={({ from, to }) =>
                    change({ range: { from: new Date(from).toISOString(), to: new Date(to).toISOString() } })
                  }
                  eventBus={events}
                />
              </PluginContextProvider>
            </ErrorBoundaryAlert>
          )}
        </PanelChrome>
      )}
    </section>
  );
}

/** What is left of the window below editor and rate, but never less than a flame graph needs. */
const panelHeight = () => Math.max(480, window.innerHeight - 400);
