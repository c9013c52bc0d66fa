import amdModule from 'amd-module';

/** What wasm-bindgen writes around a wasm, as far as it is needed to start it. */
interface Glue {
  default(source: { module_or_path: Response }): Promise<unknown>;
}

/** The wasm lies in the app's folder, beside the folders of the datasource and the panel, wherever Grafana serves them. */
export function wasmUrl(file: string, moduleUri: string, baseUri: string): URL {
  return new URL(`../fireline-profiles-app/wasm/${file}`, new URL(moduleUri, baseUri));
}

const shared = globalThis as unknown as Record<symbol, Promise<unknown> | undefined>;

/** Gives what starts a wasm at the first call; one instance serves the app, the datasource and the panel. A failure is not kept: the next call tries again. */
export function loader<G extends Glue>(file: string, glue: G): () => Promise<G> {
  const key = Symbol.for(`fireline.wasm.${file}`);
  return () => {
    shared[key] ??= start(wasmUrl(file, amdModule.uri, document.baseURI), glue).catch((error) => {
      shared[key] = undefined;
      throw error;
    });
    return shared[key] as Promise<G>;
  };
}

async function start<G extends Glue>(url: URL, glue: G): Promise<G> {
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
