import type { ExtensionLink } from 'fireline-pages-wasm';
import type { ShellConstants } from 'fireline-wasm';

declare global {
  /** Name of the wasm file that this bundle was built with, content hash included. */
  const FIRELINE_WASM_FILE: string;

  /** The same of the wasm of the forms and the Trail page. */
  const FIRELINE_PAGES_WASM_FILE: string;

  /** What Grafana asks for synchronously, read from the wasm while the bundle was built. */
  const FIRELINE_CONSTANTS: ShellConstants & { extensionLinks: ExtensionLink[] };
}
