import * as React from 'react';
import { Alert } from '@grafana/ui';
import type { EditorKind, EditorProps } from 'fireline-pages-wasm';
import { type FirelinePages, loadPages } from '../wasm/load_pages';
import { WasmGate } from '../wasm/WasmGate';
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
  return <WasmGate load={loadPages}>{(pages) => <Loaded pages={pages} {...props} />}</WasmGate>;
}

function Loaded({ pages, kind, props, host, labelWidth }: Props & { pages: FirelinePages }) {
  const { form, failure, dispatch } = useRustForm(pages, kind, props, host);
  if (failure) {
    return (
      <Alert severity="error" title="This form failed">
        {failure} Reload the page to go on.
      </Alert>
    );
  }
  return form ? <FormView {...{ form, dispatch, labelWidth }} /> : null;
}
