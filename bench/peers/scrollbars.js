// The scrollbars as Grafana's components import them: bundlers that follow Node give a module in CommonJS whole as default.
export { Scrollbars as default } from './node_modules/react-custom-scrollbars-2/lib/index.js';
