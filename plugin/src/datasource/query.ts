import type { DataQuery, DataSourceJsonData } from '@grafana/data';

/** A query as Grafana holds it. Its own keys are Rust's; the shell only hands them on. */
export type FirelineQuery = DataQuery & Record<string, unknown>;

/** The datasource's settings (`jsonData`), likewise. */
export type FirelineSettings = DataSourceJsonData & Record<string, unknown>;
