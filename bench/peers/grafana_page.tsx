// A page with Grafana's flame graph alone, given the frame that the panel is given.
import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { createTheme, FieldType, ThemeContext, toDataFrame, type DataFrame } from '@grafana/data';
import { FlameGraph } from '@grafana/flamegraph';
import { GlobalStyles } from '@grafana/ui';
import { profileColumns } from '../panel/profile_columns.mjs';

const query = new URLSearchParams(location.search);
const theme = createTheme({ colors: { mode: 'light' } });

function frameOf(nodes: number): DataFrame {
  const { level, value, self, label, names } = profileColumns(nodes);
  return toDataFrame({
    name: 'response',
    fields: [
      { name: 'level', type: FieldType.number, values: level },
      { name: 'value', type: FieldType.number, values: value, config: { unit: 'ns' } },
      { name: 'self', type: FieldType.number, values: self, config: { unit: 'ns' } },
      { name: 'label', type: FieldType.enum, values: label, config: { type: { enum: { text: names } } } },
    ],
  });
}

function Page({ frame }: { frame?: DataFrame }) {
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <main style={{ background: theme.colors.background.primary, padding: 8, width: 1600, height: 1000, boxSizing: 'border-box', overflow: 'auto' }}>
        <FlameGraph data={frame} getTheme={() => theme} showFlameGraphOnly={query.get('pane') === 'graph'} />
      </main>
    </ThemeContext.Provider>
  );
}

const root = createRoot(document.getElementById('root')!);
let frame: DataFrame | undefined;
Object.assign(window, {
  /** Makes the frame, which Grafana would have parsed already, outside the clock. */
  prepare: (kind: string) => {
    frame = kind === 'none' ? undefined : frameOf(Number(query.get('nodes')));
  },
  show: () => flushSync(() => root.render(<Page frame={frame} />)),
  ready: true,
});
