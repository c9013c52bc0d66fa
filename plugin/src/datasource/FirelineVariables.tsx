import * as React from 'react';
import { CustomVariableSupport, type DataQueryRequest, type QueryEditorProps } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { from } from 'rxjs';
import { RustForm } from '../form/RustForm';
import { millis, type FirelineDatasource } from './FirelineDatasource';
import type { FirelineQuery, FirelineSettings } from './query';

/** Queries of template variables: profile types, label names, label values. */
export class FirelineVariables extends CustomVariableSupport<FirelineDatasource, FirelineQuery> {
  editor = VariableEditor;

  constructor(private readonly datasource: FirelineDatasource) {
    super();
  }

  getDefaultQuery() {
    return FIRELINE_CONSTANTS.defaultVariableQuery;
  }

  query(request: DataQueryRequest<FirelineQuery>) {
    return from(this.values(request));
  }

  private async values({ targets: [query], range, scopedVars }: DataQueryRequest<FirelineQuery>) {
    const fireline = await this.datasource.load();
    const replace = (text: string, format: string) => getTemplateSrv().replace(text, scopedVars, format);
    const resource = fireline.variableRequest({ query, ...millis(range) }, replace);
    const body = resource ? await this.datasource.getResource(resource.path, resource.params) : [];
    return { data: fireline.variableValues(body) };
  }
}

function VariableEditor({ datasource, query, range, onChange }: QueryEditorProps<FirelineDatasource, FirelineQuery, FirelineSettings>) {
  const host = {
    fetch: (path: string, params: Record<string, string>) => datasource.getResource(path, params, { showErrorAlert: false }),
    change: (value: Record<string, unknown>) => onChange(value as unknown as FirelineQuery),
  };
  return <RustForm kind="variable" props={{ value: { ...query }, ...millis(range) }} host={host} labelWidth={20} />;
}
