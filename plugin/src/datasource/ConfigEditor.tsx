import * as React from 'react';
import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { config, getDataSourceSrv } from '@grafana/runtime';
import { DataSourceHttpSettings, FieldSet } from '@grafana/ui';
import { RustForm } from '../form/RustForm';
import { ExemplarPreview } from './ExemplarPreview';
import type { FirelineSettings } from './query';

/** Address and authentication by Grafana's own components; what is Fireline's own by Rust's form. */
export function ConfigEditor({ options, onOptionsChange }: DataSourcePluginOptionsEditorProps<FirelineSettings, Record<string, string>>) {
  const host = {
    fetch: () => Promise.reject(new Error('settings ask for nothing')),
    change: (value: Record<string, unknown>) => onOptionsChange({ ...options, jsonData: value }),
    setSecret: (name: string, value: string) =>
      onOptionsChange({
        ...options,
        secureJsonFields: { ...options.secureJsonFields, [name]: value !== '' },
        secureJsonData: { ...options.secureJsonData, [name]: value },
      }),
  };
  const secrets = Object.keys(options.secureJsonFields ?? {}).filter((name) => options.secureJsonFields[name]);
  const sources = getDataSourceSrv().getList().map(({ uid, name, type }) => ({ value: uid, label: name, description: type }));
  return (
    <>
      <DataSourceHttpSettings
        defaultUrl={FIRELINE_CONSTANTS.defaultUrl}
        urlDocs={FIRELINE_CONSTANTS.urlDocs}
        dataSourceConfig={options}
        onChange={onOptionsChange}
        showForwardOAuthIdentityOption
        secureSocksDSProxyEnabled={config.secureSocksDSProxyEnabled}
      />
      <FieldSet label="Profiles">
        <RustForm kind="settings" props={{ value: { ...options.jsonData }, secrets, sources }} host={host} labelWidth={26} />
        <ExemplarPreview settings={options.jsonData} />
      </FieldSet>
    </>
  );
}
