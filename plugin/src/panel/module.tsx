import * as React from 'react';
import { PanelPlugin, type PanelProps } from '@grafana/data';
import { FirelineGate } from '../wasm/FirelineGate';

function FlameGraphPanel({ data }: PanelProps) {
  return <FirelineGate>{() => <pre>{data.series[0]?.length ?? 0} rows</pre>}</FirelineGate>;
}

export const plugin = new PanelPlugin(FlameGraphPanel);
