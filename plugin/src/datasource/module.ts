import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './ConfigEditor';
import { FirelineDatasource } from './FirelineDatasource';
import { QueryEditor } from './QueryEditor';

export const plugin = new DataSourcePlugin(FirelineDatasource).setConfigEditor(ConfigEditor).setQueryEditor(QueryEditor);
