import * as glue from 'fireline-wasm';
import { loader } from './start';

/** What Rust exports for the panel and the datasource's queries. */
export type Fireline = typeof glue;

/** The wasm that is needed at once. */
export const loadFireline = loader(FIRELINE_WASM_FILE, glue);
