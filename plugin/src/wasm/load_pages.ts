import * as glue from 'fireline-pages-wasm';
import { loader } from './start';

/** What Rust exports for the forms and the Trail page. */
export type FirelinePages = typeof glue;

/** The wasm that is loaded when the first form or page is opened. */
export const loadPages = loader(FIRELINE_PAGES_WASM_FILE, glue);
