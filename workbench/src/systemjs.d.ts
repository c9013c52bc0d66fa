declare module 'systemjs/dist/*.js';

interface SystemRegistry {
  import(url: string): Promise<Record<string, never>>;
  set(id: string, exports: object): void;
  addImportMap(map: { imports: Record<string, string> }): void;
}

declare const System: SystemRegistry;
