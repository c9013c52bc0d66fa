import * as React from 'react';
import { FieldConfigProperty, PanelPlugin, type PanelProps } from '@grafana/data';
import type { PanelOptions } from 'fireline-wasm';
import { loadFireline } from '../wasm/load';
import { WasmGate } from '../wasm/WasmGate';
import { FlameGraphPanel } from './FlameGraphPanel';
import { migrate } from './migration';

function Panel(props: PanelProps<PanelOptions>) {
  return <WasmGate load={loadFireline}>{(fireline) => <FlameGraphPanel fireline={fireline} {...props} />}</WasmGate>;
}

export const plugin = new PanelPlugin<PanelOptions>(Panel)
  .useFieldConfig({
    disableStandardOptions: [
      FieldConfigProperty.Min, FieldConfigProperty.Max, FieldConfigProperty.Thresholds, FieldConfigProperty.Color,
      FieldConfigProperty.Mappings, FieldConfigProperty.NoValue, FieldConfigProperty.Filterable, FieldConfigProperty.FieldMinMax,
    ],
  })
  .setPanelOptions((builder) =>
    builder.addRadio({
      path: 'pane',
      name: 'Show',
      defaultValue: 'both',
      settings: {
        options: [
          { value: 'graph', label: 'Graph' },
          { value: 'table', label: 'Table' },
          { value: 'both', label: 'Both' },
        ],
      },
    })
  )
  .setMigrationHandler(migrate);
