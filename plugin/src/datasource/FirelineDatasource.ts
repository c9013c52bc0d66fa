import { DataSourceWithBackend } from '@grafana/runtime';

export class FirelineDatasource extends DataSourceWithBackend {}
