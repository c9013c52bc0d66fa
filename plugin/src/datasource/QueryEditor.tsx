import * as React from 'react';
import { getDefaultTimeRange, type QueryEditorProps } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { Explained } from '../form/Explained';
import { RustForm } from '../form/RustForm';
import type { FirelineDatasource } from './FirelineDatasource';
import type { FirelineQuery, FirelineSettings } from './query';
import { WrappedEditor } from './WrappedEditor';

type Props = QueryEditorProps<FirelineDatasource, FirelineQuery, FirelineSettings>;

export function QueryEditor(editor: Props) {
  const { datasource, query, app, range = getDefaultTimeRange(), data, onChange, onRunQuery } = editor;
  const props = {
    value: { ...query },
    app,
    fromMillis: range.from.valueOf(),
    toMillis: range.to.valueOf(),
    settings: { ...datasource.settings },
    variables: getTemplateSrv()
      .getVariables()
      .map(({ name }) => `$${name}`),
  };
  const host = {
    fetch: (path: string, params: Record<string, string>) => datasource.getResource(path, params, { showErrorAlert: false }),
    change: (value: Record<string, unknown>, run: boolean) => {
      onChange(value as unknown as FirelineQuery);
      if (run) {
        onRunQuery();
      }
    },
  };
  return (
    <>
      <RustForm kind="query" props={props} host={host} />
      <Explained frames={data?.series.filter(({ refId }) => refId === query.refId)} onRelax={(fields) => host.change({ ...query, ...fields }, true)} />
      {query.queryType === 'wrap' && <WrappedEditor {...editor} />}
    </>
  );
}
