/** The AMD loader's own description of the module that asks: where it was loaded from. */
declare module 'amd-module' {
  const amdModule: { uri: string };
  export default amdModule;
}

/** Name of the wasm file that this bundle was built with, content hash included. */
declare const FIRELINE_WASM_FILE: string;
