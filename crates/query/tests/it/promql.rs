//! Queries in PromQL: what is valid, at which points they are evaluated, what fills their variables.

use query::promql::{
    PROMQL, PromqlError, PromqlFormat, PromqlQuery, PromqlStep, ValidPromql, go_duration,
    interpolate_expr,
};
use query::{AdHocFilter, PrepareRequest, VariableFormat, Window, prepare};
use serde_json::{Map, Value, json};

const HOUR: Window = Window { start_millis: 1_795_240_170_001, end_millis: 1_795_243_770_001 };

fn valid(query: &Value) -> Result<ValidPromql, PromqlError> {
    ValidPromql::new(&PromqlQuery::from_json(query.to_string().as_bytes()).unwrap())
}

#[test]
fn a_query_of_prometheus_own_datasource_is_read_as_it_is() {
    let query = valid(&json!({
        "refId": "A", "datasource": {"type": "prometheus", "uid": "x"}, "editorMode": "code",
        "expr": " up ", "range": true, "instant": false, "exemplar": true, "interval": "30s",
        "legendFormat": "{{job}}", "format": "heatmap", "intervalFactor": 1, "utcOffsetSec": 0,
    }))
    .unwrap();
    assert_eq!(query.expr, "up");
    assert!(query.range && !query.instant && query.exemplars);
    assert_eq!((query.min_step_millis, query.format), (Some(30_000), PromqlFormat::Heatmap));
    assert_eq!(query.max_exemplars, 100);
}

#[test]
fn without_a_choice_a_range_is_meant() {
    let kinds = |query: Value| valid(&query).map(|query| (query.range, query.instant)).unwrap();
    assert_eq!(kinds(json!({"expr": "up"})), (true, false));
    assert_eq!(kinds(json!({"expr": "up", "instant": true})), (false, true));
    assert_eq!(kinds(json!({"expr": "up", "instant": true, "range": true})), (true, true));
}

#[test]
fn what_is_wrong_is_told() {
    let told = |query: Value| valid(&query).unwrap_err().to_string();
    assert!(told(json!({"expr": " "})).contains("no expression"));
    assert!(told(json!({"expr": "up", "interval": "soon"})).contains("\"soon\" is no duration"));
    assert!(told(json!({"expr": "up", "format": "logs"})).contains("unknown format \"logs\""));
    assert!(told(json!({"expr": "up", "maxExemplars": -1})).contains("maxExemplars is -1"));
    for interval in ["", "0s", ">15s", "$__interval", "${__rate_interval}"] {
        valid(&json!({"expr": "up", "interval": interval})).unwrap();
    }
}

#[test]
fn the_step_is_grafanas_unless_scrapes_are_rarer() {
    assert_eq!(PromqlStep::new(HOUR, 1_000, None, 15_000).step_millis, 15_000);
    assert_eq!(PromqlStep::new(HOUR, 60_000, None, 15_000).step_millis, 60_000);
    assert_eq!(PromqlStep::new(HOUR, 1_000, Some(5_000), 15_000).step_millis, 5_000);
}

#[test]
fn no_series_has_more_points_than_prometheus_answers_with() {
    let month = Window { start_millis: 0, end_millis: 30 * 86_400_000 };
    let step = PromqlStep::new(month, 1, Some(1), 1);
    assert_eq!(step.step_millis, 236_000);
    assert!(month.end_millis / step.step_millis <= 11_000);
    let all_time = Window { start_millis: i64::MIN, end_millis: i64::MAX };
    assert!(PromqlStep::new(all_time, 0, None, 0).step_millis > 0);
}

#[test]
fn points_are_multiples_of_the_step() {
    let step = PromqlStep::new(HOUR, 15_000, None, 15_000);
    assert_eq!(step.aligned.start_millis, 1_795_240_170_000);
    assert_eq!(step.aligned.end_millis, 1_795_243_770_000);
    assert_eq!(step.asked, HOUR);
}

#[test]
fn a_rate_interval_sees_four_scrapes_or_one_more_than_the_step() {
    let rate =
        |interval, scrape| PromqlStep::new(HOUR, interval, None, scrape).rate_interval_millis;
    assert_eq!(rate(15_000, 15_000), 60_000);
    assert_eq!(rate(300_000, 15_000), 315_000);
    assert_eq!(rate(1_000, 30_000), 120_000);
}

#[test]
fn intervals_and_ranges_are_filled_in() {
    let step = PromqlStep::new(HOUR, 90_000, None, 15_000);
    let filled = |expr: &str| step.fill_in(expr);
    assert_eq!(filled("rate(x[$__rate_interval])"), "rate(x[1m45s])");
    assert_eq!(filled("x[$__interval] $__interval_ms ${__interval}"), "x[90s] 90000 90s");
    assert_eq!(filled("$__range $__range_s $__range_ms"), "3600s 3600 3600000");
    assert_eq!(filled("$__intervals $__range_x $other $"), "$__intervals $__range_x $other $");
    let hours = PromqlStep::new(HOUR, 7_200_000, None, 15_000);
    assert_eq!(hours.fill_in("[$__interval]"), "[2h]");
}

#[test]
fn durations_are_written_as_go_writes_them() {
    for (millis, written) in [
        (0, "0s"),
        (1, "1ms"),
        (500, "500ms"),
        (1_500, "1.5s"),
        (15_000, "15s"),
        (60_000, "1m0s"),
        (3_600_000, "1h0m0s"),
        (90_061_001, "25h1m1.001s"),
        (-15_000, "-15s"),
    ] {
        assert_eq!(go_duration(millis), written);
    }
}

/// Grafana with a variable of one value, one of several, and one that has a quote in it.
fn grafana(text: &str, format: VariableFormat) -> String {
    let value = match text.trim_matches(|c| "$[]{}".contains(c)) {
        "one" => json!("a.b"),
        "many" => json!(["a.b", "c"]),
        "single" => json!(["a.b"]),
        "quote" => json!("say \"hi\" \\o/"),
        "many:pipe" => return "a.b|c".to_owned(),
        _ => return text.to_owned(),
    };
    assert_eq!(format, VariableFormat::Json);
    value.to_string()
}

#[test]
fn variables_are_written_as_their_place_needs_it() {
    let filled = |expr: &str| interpolate_expr(expr, &mut grafana);
    assert_eq!(filled("x{a=\"$one\"}"), "x{a=\"a.b\"}");
    assert_eq!(filled("x{a=~\"$many\"}"), "x{a=~\"(a\\\\.b|c)\"}");
    assert_eq!(filled("x{a=~\"[[single]]\"}"), "x{a=~\"a\\\\.b\"}");
    assert_eq!(filled("x{a=~`${many}`}"), "x{a=~`(a\\.b|c)`}");
    assert_eq!(filled("x{a=\"$quote\"}"), "x{a=\"say \\\"hi\\\" \\\\o/\"}");
    assert_eq!(filled("x{a='$quote'}"), "x{a='say \"hi\" \\\\o/'}");
    assert_eq!(filled("x{a=~\"${many:pipe}\"}"), "x{a=~\"a.b|c\"}");
    // Nobody knows these here, or only the backend does.
    let stays =
        "rate(x{a=\"$unknown\"}[$__rate_interval]) / ${__interval} @ end()[5m:1m] \"\\\"$\"";
    assert_eq!(filled(stays), stays);
}

fn prepared(query: Value, filters: Vec<AdHocFilter>) -> query::PreparedQueries {
    let Value::Object(query) = query else { unreachable!("a query is an object") };
    let request = PrepareRequest { queries: vec![query], filters, ..PrepareRequest::default() };
    prepare(&request, &mut grafana)
}

#[test]
fn a_query_in_promql_is_sent_with_its_variables_filled_in() {
    let query = json!({"queryType": PROMQL, "expr": "x{a=\"$one\"}", "maxExemplars": "7"});
    let sent: Map<String, Value> = prepared(query, Vec::new()).queries.remove(0);
    assert_eq!(sent["expr"], "x{a=\"a.b\"}");
    assert_eq!(sent["maxExemplars"], 7);
    assert!(!sent.contains_key("profileTypeId"));
}

#[test]
fn an_unfinished_query_waits_and_a_wrong_one_is_refused() {
    let outcome = prepared(json!({"queryType": PROMQL, "expr": ""}), Vec::new());
    assert!(outcome.queries.is_empty() && outcome.refused.is_empty());
    let wrong = json!({"refId": "B", "queryType": PROMQL, "expr": "x", "interval": "soon"});
    let refused = prepared(wrong, Vec::new()).refused.remove(0);
    assert_eq!((refused.ref_id.as_str(), refused.waits), ("B", false));
    assert!(refused.message.contains("\"soon\" is no duration"));
}

#[test]
fn filters_that_do_not_narrow_an_expression_are_named() {
    let filter = AdHocFilter { key: "region".to_owned(), ..AdHocFilter::default() };
    let sent = prepared(json!({"queryType": PROMQL, "expr": "x"}), vec![filter]).queries.remove(0);
    assert_eq!(sent["leftOutFilters"], json!(["region"]));
}
