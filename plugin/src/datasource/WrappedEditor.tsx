import * as React from 'react';
import type { DataQuery, DataSourceApi, QueryEditorProps } from '@grafana/data';
import { DataSourcePicker, getDataSourceSrv } from '@grafana/runtime';
import { Alert, InlineField } from '@grafana/ui';
import type { FirelineDatasource } from './FirelineDatasource';
import type { FirelineQuery, FirelineSettings } from './query';

type Props = QueryEditorProps<FirelineDatasource, FirelineQuery, FirelineSettings>;

/** What any datasource's editor is given. */
type OtherEditorProps = Omit<QueryEditorProps<DataSourceApi, DataQuery>, 'queries' | 'history'>;

/** Chooses another datasource, and shows that one's own editor for the query that ours wraps. */
export function WrappedEditor({ datasource, query, onChange, onRunQuery, app, range, data }: Props) {
  const inner = { ...(query.inner as object), refId: query.refId } as FirelineQuery;
  const uid = inner.datasource?.uid;
  const [source, setSource] = React.useState<DataSourceApi>();
  const [failure, setFailure] = React.useState<string>();
  React.useEffect(() => {
    let current = true;
    setSource(undefined);
    setFailure(undefined);
    if (uid) {
      getDataSourceSrv()
        .get({ uid })
        .then((found) => current && setSource(found))
        .catch((error) => current && setFailure(error instanceof Error ? error.message : String(error)));
    }
    return () => {
      current = false;
    };
  }, [uid]);
  const change = (next: object) => onChange({ ...query, inner: next });
  const Editor = source?.components?.QueryEditor as React.ComponentType<OtherEditorProps> | undefined;
  return (
    <>
      <InlineField label="Data source" labelWidth={16} tooltip="Its query is run by Grafana with its own credentials; Fireline adds links to the answer.">
        <DataSourcePicker
          current={uid ?? null}
          noDefault
          filter={(settings) => settings.type !== datasource.type}
          onChange={({ uid, type }) => change({ datasource: { uid, type } })}
        />
      </InlineField>
      {failure && <Alert severity="error" title={failure} />}
      {source && Editor && <Editor {...{ app, range, data, onRunQuery }} datasource={source} query={inner} onChange={change} />}
    </>
  );
}
