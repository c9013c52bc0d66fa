export class DataSourceWithBackend {}
