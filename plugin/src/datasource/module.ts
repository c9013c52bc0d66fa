import { DataSourcePlugin } from '@grafana/data';
import { FirelineDatasource } from './FirelineDatasource';

export const plugin = new DataSourcePlugin(FirelineDatasource);
