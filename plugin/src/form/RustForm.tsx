import * as React from 'react';
import { Alert } from '@grafana/ui';
import type { EditorKind, EditorProps } from 'fireline-wasm';
import { FirelineGate } from '../wasm/FirelineGate';
import type { Fireline } from '../wasm/load';
import { FormView } from './FormView';
import { useRustForm, type FormHost } from './useRustForm';

interface Props {
  kind: EditorKind;
  props: EditorProps;
  host: FormHost;
  labelWidth?: number;
}

/** One of Rust's forms, once the wasm is there. */
export function RustForm(props: Props) {
  return <FirelineGate>{(fireline) => <Loaded fireline={fireline} {...props} />}</FirelineGate>;
}

function Loaded({ fireline, kind, props, host, labelWidth }: Props & { fireline: Fireline }) {
  const { form, failure, dispatch } = useRustForm(fireline, kind, props, host);
  if (failure) {
    return (
      <Alert severity="error" title="This form failed">
        {failure} Reload the page to go on.
      </Alert>
    );
  }
  return form ? <FormView {...{ form, dispatch, labelWidth }} /> : null;
}
