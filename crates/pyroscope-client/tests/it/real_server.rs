//! The client against a server that runs, if `PYROSCOPE_URL` names one that holds profiles.

use std::time::{SystemTime, UNIX_EPOCH};

use pyroscope_client::{ClientConfig, PyroscopeClient};
use query::{
    ExemplarKind, HeatmapKind, HeatmapRequest, MetadataRequest, NodeLimit, ProfileSource,
    SeriesRequest, SourceErrorKind, TreeRequest, Window,
};
use selector::{ProfileTypeId, Selector};
use upstream_http::Authentication;

use crate::goldens::ROOT;

/// The hour that is asked about. Unit: milliseconds.
const HOUR: i64 = 3_600_000;

fn client() -> Option<PyroscopeClient> {
    let Ok(url) = std::env::var("PYROSCOPE_URL") else {
        eprintln!("skipped: PYROSCOPE_URL names no server, for instance http://127.0.0.1:4040");
        return None;
    };
    let mut config = ClientConfig::new(url);
    if let (Ok(user), Ok(password)) =
        (std::env::var("PYROSCOPE_USER"), std::env::var("PYROSCOPE_PASSWORD"))
    {
        config.http.authentication = Authentication::Basic { user, password: password.into() };
    }
    config.http.tenant = std::env::var("PYROSCOPE_TENANT").ok();
    Some(PyroscopeClient::new(&config).unwrap())
}

/// The hour before the newest profile.
async fn newest_hour(client: &PyroscopeClient) -> Window {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let mut end_millis = i64::try_from(now).unwrap();
    if let Ok(stats) = client.stats().await
        && stats.data_ingested
    {
        end_millis = stats.newest_profile_millis;
    }
    Window { start_millis: end_millis - HOUR, end_millis }
}

fn tree_request(profile_type: &ProfileTypeId, window: Window, max_nodes: u64) -> TreeRequest {
    TreeRequest {
        profile_type: profile_type.clone(),
        selector: Selector::default(),
        window,
        max_nodes: NodeLimit::from_query(max_nodes),
        span_ids: vec![],
        trace_ids: vec![],
        profile_ids: vec![],
        call_site: vec![],
    }
}

#[tokio::test]
async fn what_a_server_answers_fits_together() {
    let Some(client) = client() else { return };
    let info = client.server_info().await.unwrap();
    eprintln!("asking {info}");
    let window = newest_hour(&client).await;
    let metadata = MetadataRequest { selectors: vec![], window };
    let types = client.profile_types(&metadata).await.unwrap();
    let names = client.label_names(&metadata).await.unwrap();
    assert!(!types.is_empty(), "the server holds no profiles of the hour");
    assert!(names.iter().any(|name| name == "service_name"), "{names:?}");
    assert!(!client.label_values("service_name", &metadata).await.unwrap().is_empty());
    let label_names = ["service_name".to_owned()];
    assert!(!client.label_sets(&label_names, &metadata).await.unwrap().is_empty());

    for profile_type in &types {
        let whole = client.tree(&tree_request(profile_type, window, 0)).await.unwrap();
        let total = whole.tree.total_value(ROOT);
        let small = client.tree(&tree_request(profile_type, window, 16)).await.unwrap();
        assert_eq!(small.tree.total_value(ROOT), total, "{profile_type}: cut and whole");

        // One step that holds the whole window, as far as the server has it.
        let request = SeriesRequest {
            profile_type: profile_type.clone(),
            selector: Selector::default(),
            window,
            step_millis: 60_000,
            group_by: vec![],
            limit: None,
            exemplars: ExemplarKind::None,
            call_site: vec![],
        };
        let series = client.series(&request).await.unwrap().series;
        let sum: f64 = series.iter().flat_map(|one| &one.points).map(|point| point.value).sum();
        // Series look a step further back than trees.
        assert!(sum >= total as f64 * 0.999, "{profile_type}: series {sum}, tree {total}");

        let Some(first) = whole.tree.children(ROOT).next() else { continue };
        if info.capabilities.tree_call_site {
            let name = whole.tree.name(first).to_owned();
            let mut request = tree_request(profile_type, window, 0);
            request.call_site = vec![name];
            match client.tree(&request).await {
                Ok(below) => {
                    let expected = whole.tree.total_value(first);
                    assert_eq!(below.tree.total_value(ROOT), expected, "{profile_type}");
                }
                // A Pyroscope of today with its first storage: nothing but the answer tells.
                Err(error) => {
                    assert_eq!(error.kind, SourceErrorKind::Unimplemented, "{error}");
                    assert!(error.message.contains("ignored the call site"), "{error}");
                }
            }
        }
    }
}

#[tokio::test]
async fn exemplars_of_a_server_lead_to_what_they_point_to() {
    let Some(client) = client() else { return };
    let info = client.server_info().await.unwrap();
    if !info.capabilities.heatmap {
        eprintln!("skipped: {info}");
        return;
    }
    let window = newest_hour(&client).await;
    let types = client.profile_types(&MetadataRequest { selectors: vec![], window }).await.unwrap();
    for profile_type in types {
        for kind in [HeatmapKind::Profile, HeatmapKind::Span] {
            let request = HeatmapRequest {
                profile_type: profile_type.clone(),
                selector: Selector::default(),
                window,
                step_millis: 60_000,
                group_by: vec![],
                kind,
                exemplars: true,
                limit: None,
            };
            let heatmap = client.heatmap(&request).await.unwrap();
            let slots = heatmap.series.iter().flat_map(|series| &series.slots);
            // The first slot reaches back before the window, as far as its width.
            let exemplar = slots
                .flat_map(|slot| &slot.exemplars)
                .find(|exemplar| exemplar.timestamp_millis >= window.start_millis);
            let Some(exemplar) = exemplar else { continue };
            let mut request = tree_request(&profile_type, window, 0);
            match kind {
                HeatmapKind::Profile => request.profile_ids = vec![exemplar.profile_id.clone()],
                HeatmapKind::Span => request.span_ids = vec![exemplar.span_id.clone()],
            }
            let tree = client.tree(&request).await.unwrap().tree;
            assert!(tree.total_value(ROOT) >= exemplar.value, "{profile_type}: {exemplar:?}");
        }
    }
}
