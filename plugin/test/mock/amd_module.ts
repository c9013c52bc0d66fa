export default { uri: 'http://grafana.test/sub/public/plugins/fireline-profiles-datasource/module.js?_cache=0.1.0' };
