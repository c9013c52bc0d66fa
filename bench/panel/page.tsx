// A page with the panel alone: what Grafana gives a panel, without Grafana.
import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { createTheme, FieldType, LoadingState, ThemeContext, toDataFrame, type DataFrame } from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import * as glue from 'fireline-wasm';
import { FlameGraphPanel } from '../../plugin/src/panel/FlameGraphPanel';
import { comparisonColumns, deepColumns, profileColumns } from './profile_columns.mjs';

const query = new URLSearchParams(location.search);
const number = (name: string, or: number) => Number(query.get(name) ?? or);

type Columns = ReturnType<typeof profileColumns>;

/** The frame of Grafana's own datasource: an enum field holds the names. */
function frameOf({ level, value, self, label, names }: Columns, comparison: Record<string, number[]> = {}): DataFrame {
  const unit = query.get('unit') ?? 'ns';
  return toDataFrame({
    name: 'response',
    fields: [
      { name: 'level', type: FieldType.number, values: level },
      { name: 'value', type: FieldType.number, values: value, config: { unit } },
      { name: 'self', type: FieldType.number, values: self, config: { unit } },
      ...Object.entries(comparison).map(([name, values]) => ({ name, type: FieldType.number, values, config: { unit } })),
      { name: 'label', type: FieldType.enum, values: label, config: { type: { enum: { text: names } } } },
    ],
  });
}

function seriesOf(kind: string): DataFrame[] {
  const nodes = number('nodes', 2000);
  switch (kind) {
    case 'deep':
      return [frameOf(deepColumns(nodes))];
    case 'empty':
      return [frameOf({ level: [0], value: [0], self: [0], label: [0], names: ['total'] })];
    case 'error': {
      const frame = frameOf(profileColumns(20));
      frame.fields[0].values[3] = 7;
      return [frame];
    }
    case 'strange': {
      const frame = frameOf(profileColumns(200));
      return [{ ...frame, fields: frame.fields.filter((field) => field.name !== 'self') }];
    }
    case 'diff': {
      const columns = profileColumns(nodes);
      return [frameOf(columns, comparisonColumns(columns))];
    }
    case 'none':
      return [];
    default:
      return [frameOf(profileColumns(nodes))];
  }
}

const theme = createTheme({ colors: { mode: query.get('theme') === 'dark' ? 'dark' : 'light' } });
const width = number('width', 1200);
const height = number('height', 600);

function Page({ series, pane }: { series: DataFrame[]; pane: 'graph' | 'table' | 'both' }) {
  const data = React.useMemo(() => ({ series, state: LoadingState.Done, timeRange: undefined }), [series]);
  const props = { fireline: glue, data, options: { version: 1, pane }, width, height };
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <main style={{ background: theme.colors.background.primary, padding: 8, width: width + 16, height: height + 16, boxSizing: 'border-box' }}>
        <FlameGraphPanel {...(props as unknown as React.ComponentProps<typeof FlameGraphPanel>)} />
      </main>
    </ThemeContext.Provider>
  );
}

async function start() {
  const { memory } = await glue.default({ module_or_path: '/pkg/fireline_bg.wasm' });
  const root = createRoot(document.getElementById('root')!);
  const pane = (query.get('pane') ?? 'both') as 'both';
  Object.assign(window, {
    /** Prepares data, which Grafana would have parsed already, outside the clock. */
    prepare: (kind: string) => {
      (window as unknown as { series: DataFrame[] }).series = seriesOf(kind);
    },
    /** Gives the panel its data; the frame that shows it ends after this. */
    show: () => flushSync(() => root.render(<Page series={(window as unknown as { series: DataFrame[] }).series} pane={pane} />)),
    wasmBytes: () => memory.buffer.byteLength,
    glue,
    ready: true,
  });
}

void start();
