//! What is made of answers.

use fake_server::{FakeServer, Reply};
use prometheus_client::{Boundaries, Point, QueryResult};

use crate::questions::{WINDOW, client, range_query, success};

async fn result(data: &'static str) -> QueryResult {
    let server = FakeServer::start(move |_| success(data)).await;
    client(&server).query_range(&range_query()).await.unwrap().data
}

#[tokio::test]
async fn values_may_be_no_numbers() {
    let matrix = r#"{"resultType":"matrix","result":[{"metric":{"le":"1","__name__":"x"},
        "values":[[1795240170.781,"NaN"],[1795240171,"+Inf"],[1795240172,"-Inf"],[1795240173,"1.5e-3"]]}]}"#;
    let QueryResult::Matrix(series) = result(matrix).await else { panic!("series") };
    let [one] = series.as_slice() else { panic!("one series") };
    let names: Vec<&str> = one.labels.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["__name__", "le"]);
    assert_eq!(one.points[0].timestamp_millis, 1_795_240_170_781);
    assert!(one.points[0].value.is_nan());
    let values: Vec<f64> = one.points[1..].iter().map(|point| point.value).collect();
    assert_eq!(values, [f64::INFINITY, f64::NEG_INFINITY, 0.0015]);
}

#[tokio::test]
async fn a_scalar_has_no_labels() {
    let point = Point { timestamp_millis: 1_795_240_170_000, value: 7.0 };
    let scalar = result(r#"{"resultType":"scalar","result":[1795240170,"7"]}"#).await;
    assert_eq!(scalar, QueryResult::Scalar(point));
    // The kind may stand after what it is about.
    let scalar = result(r#"{"result":[1795240170,"7"],"resultType":"scalar"}"#).await;
    assert_eq!(scalar, QueryResult::Scalar(point));
}

#[tokio::test]
async fn native_histograms_stand_in_the_place_of_values() {
    let matrix = r#"{"resultType":"matrix","result":[{"metric":{},"histograms":[[1795240170,
        {"count":"3","sum":"1.5","buckets":[[3,"-0.1","0.1","1"],[0,"0.1","0.5","2"]]}],
        [1795240185,{"count":"0","sum":"0"}]]}]}"#;
    let QueryResult::Matrix(series) = result(matrix).await else { panic!("series") };
    assert!(series[0].points.is_empty());
    let [first, second] = series[0].histograms.as_slice() else { panic!("two histograms") };
    assert_eq!(first.buckets[0].boundaries, Boundaries::Both);
    assert_eq!(
        (first.buckets[1].lower, first.buckets[1].upper, first.buckets[1].count),
        (0.1, 0.5, 2.0)
    );
    assert!(second.buckets.is_empty());
}

#[tokio::test]
async fn exemplars_keep_the_labels_that_programs_wrote() {
    let data = r#"[{"seriesLabels":{"__name__":"x","le":"0.1"},"exemplars":[
        {"labels":{"traceID":"0AF7651916CD43DD8448EB211C80319C"},"value":"0.08","timestamp":1795240173.674}]}]"#;
    let server = FakeServer::start(move |_| success(data)).await;
    let answer = client(&server).query_exemplars("x", WINDOW).await.unwrap();
    let exemplar = &answer.data[0].exemplars[0];
    assert_eq!(
        exemplar.labels,
        [("traceID".to_owned(), "0AF7651916CD43DD8448EB211C80319C".to_owned())]
    );
    assert_eq!((exemplar.value, exemplar.timestamp_millis), (0.08, 1_795_240_173_674));
}

#[tokio::test]
async fn warnings_and_infos_come_with_the_answer() {
    let body = r#"{"status":"success","data":{"resultType":"vector","result":[]},
        "warnings":["a store is missing"],"infos":["metric might not be a counter"]}"#;
    let server = FakeServer::start(move |_| Reply::answer(200, "application/json", body)).await;
    let answer = client(&server).query("x", 0).await.unwrap();
    assert_eq!(answer.warnings, ["a store is missing"]);
    assert_eq!(answer.infos, ["metric might not be a counter"]);
}

#[tokio::test]
async fn a_server_may_say_nothing_of_itself() {
    let server = FakeServer::start(|_| success(r#"{"version":"2.42.0+ds","revision":"x"}"#)).await;
    let info = client(&server).build_info().await.unwrap().unwrap();
    assert_eq!((info.version.as_str(), info.application.as_str()), ("2.42.0+ds", ""));
    let server =
        FakeServer::start(|_| Reply::answer(404, "text/plain", "404 page not found")).await;
    assert_eq!(client(&server).build_info().await.unwrap(), None);
    let server = FakeServer::start(|_| Reply::answer(401, "text/plain", "who?")).await;
    client(&server).build_info().await.unwrap_err();
}
