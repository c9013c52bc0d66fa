import * as React from 'react';
import { Combobox, useStyles2 } from '@grafana/ui';
import type { Choice } from 'fireline-pages-wasm';
import { getTrailStyles } from './styles';

interface Props {
  label: string;
  value?: string;
  choices: Choice[];
  width: number;
  disabled?: boolean;
  onChoose: (value: string) => void;
}

/** One of several values, with its label beside it. */
export function Picker({ label, value, choices, width, disabled, onChoose }: Props) {
  const id = React.useId();
  const styles = useStyles2(getTrailStyles);
  return (
    <label htmlFor={id} className={styles.source}>
      {label}
      <Combobox id={id} width={width} value={value || null} options={choices} placeholder="none" disabled={disabled} onChange={({ value }) => onChoose(value)} />
    </label>
  );
}
