import amdModule from 'amd-module';
import * as glue from 'fireline-wasm';

/** Everything that Rust exports. One instance serves the app, the datasource and the panel. */
export type Fireline = typeof glue;

/** The wasm lies in the app's folder, beside the folders of the datasource and the panel, wherever Grafana serves them. */
export function wasmUrl(moduleUri: string, baseUri: string): URL {
  return new URL(`../fireline-profiles-app/wasm/${FIRELINE_WASM_FILE}`, new URL(moduleUri, baseUri));
}

const shared = globalThis as unknown as Record<symbol, Promise<Fireline> | undefined>;
const key = Symbol.for(`fireline.wasm.${FIRELINE_WASM_FILE}`);

/** The wasm, started at the first call. A failure is not kept: the next call tries again. */
export function loadFireline(): Promise<Fireline> {
  shared[key] ??= start(wasmUrl(amdModule.uri, document.baseURI)).catch((error) => {
    shared[key] = undefined;
    throw error;
  });
  return shared[key];
}

async function start(url: URL): Promise<Fireline> {
  if (typeof WebAssembly === 'undefined') {
    throw new Error('WebAssembly is switched off in this browser. Fireline needs it to read profiles.');
  }
  const response = await fetch(url).catch((cause) => {
    throw new Error(`The program part of Fireline did not arrive (${url.pathname}). Check the connection and try again.`, { cause });
  });
  if (response.status === 404) {
    throw new Error('Fireline was updated on the server while this page was open. Reload the page.');
  }
  if (!response.ok) {
    throw new Error(`The server answered ${response.status} for the program part of Fireline (${url.pathname}).`);
  }
  try {
    // Falls back to compiling from bytes where a proxy changes the content type.
    await glue.default({ module_or_path: response });
  } catch (cause) {
    throw new Error(refusal(cause), { cause });
  }
  return glue;
}

function refusal(cause: unknown): string {
  if (cause instanceof WebAssembly.CompileError && /Content Security Policy|unsafe-eval/i.test(cause.message)) {
    return "The content security policy of this Grafana forbids WebAssembly. Add 'wasm-unsafe-eval' to its script-src.";
  }
  return `The program part of Fireline did not start: ${cause instanceof Error ? cause.message : String(cause)}`;
}
