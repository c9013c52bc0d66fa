import * as React from 'react';
import { css } from '@emotion/css';
import { CoreApp, LoadingState, type DataFrame, type DataQuery, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { Alert, Button, useStyles2 } from '@grafana/ui';
import { FlamePanel } from './FlamePanel';
import { RatePanel } from './RatePanel';
import type { Plugins } from './services';
import type { UrlState } from './url_state';
import { useQuery } from './useQuery';

interface Props {
  plugins: Plugins;
  state: UrlState;
  change: (part: Partial<UrlState>) => void;
  range: TimeRange;
  /** Goes up when the query is to be run again. */
  asked: number;
}

/** The plugin's own query editor, and below it what the query answers. */
export function QueryPage({ plugins: { datasource, datasourcePlugin, panelPlugin }, state, change, range, asked }: Props) {
  const styles = useStyles2(getStyles);
  const { data, run } = useQuery(datasource, state.range);
  const query = state.query ?? { refId: 'A', ...datasource.getDefaultQuery?.(CoreApp.Explore) };
  // The editor changes a query and runs it in one breath: what is run is what was changed last.
  const latest = React.useRef<DataQuery>(query);
  latest.current = query;
  const runLatest = React.useCallback(() => run(latest.current, state.range), [run, state.range]);
  React.useEffect(runLatest, [runLatest, asked]);
  const onChange = (query: DataQuery) => {
    latest.current = query;
    change({ query });
  };

  const Editor = datasourcePlugin.components.QueryEditor;
  const rates = data.series.filter((frame) => frame.meta?.preferredVisualisationType === 'graph');
  const profiles = data.series.filter((frame) => frame.meta?.preferredVisualisationType === 'flamegraph');
  const isLoading = data.state === LoadingState.Loading;
  return (
    <>
      <section className={styles.editor} aria-label="Query">
        <div className={styles.fields}>
          {Editor && (
            <Editor {...{ datasource, query, range, data, onChange }} app={CoreApp.Explore} onRunQuery={runLatest} />
          )}
        </div>
        {/* One of its own for each state: Grafana's would keep the spinner where icons load at the same time. */}
        <Button key={String(isLoading)} icon={isLoading ? 'fa fa-spinner' : 'sync'} size="sm" onClick={runLatest}>
          Run query
        </Button>
      </section>
      {data.error && (
        <Alert severity="error" title="The query failed" topSpacing={0} bottomSpacing={0}>
          {data.error.message ?? data.error.data?.message}
        </Alert>
      )}
      {data.series.flatMap(notices).map(({ severity, text }) => (
        <Alert key={text} severity={severity} title={text} topSpacing={0} bottomSpacing={0} />
      ))}
      {rates.length > 0 && <RatePanel data={{ ...data, series: rates }} change={change} />}
      {profiles.length > 0 && <FlamePanel panelPlugin={panelPlugin} data={{ ...data, series: profiles }} change={change} />}
    </>
  );
}

const notices = (frame: DataFrame) => frame.meta?.notices ?? [];

const getStyles = (theme: GrafanaTheme2) => ({
  editor: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'flex-start',
    gap: theme.spacing(1),
    padding: theme.spacing(1.5),
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  fields: css({ flex: '1 1 480px', minWidth: 0 }),
});
