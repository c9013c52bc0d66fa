//! One query, from JSON to frames.

use std::time::Instant;

use grafana_plugin::frame::{Frame, Notice, Severity};
use grafana_plugin::{DataHandler, ErrorSource, QueryError, QueryResult, RequestContext};
use pyroscope_client::PyroscopeClient;
use query::promql::PROMQL;
use query::{
    ExemplarKind, ProfileSource, Query, QueryType, SourceErrorKind, SourceNotice, ValidQuery,
    Window,
};

use crate::Fireline;
use crate::diff_frame::diff_frame;
use crate::diff_query::{look_up_diff, no_diff};
use crate::error_table::{
    add_failure, invalid_query, no_profiles, refused_settings, source_error, unreadable_query,
};
use crate::heatmap_frames::{FoundHeatmap, heatmap_frames};
use crate::instance::Instance;
use crate::lookup::TreeLookup;
use crate::numbers_only::{is_for_numbers, keep_numbers};
use crate::promql;
use crate::series_frames::{FoundSeries, series_frames};
use crate::tree_frame::tree_frame;

impl DataHandler for Fireline {
    async fn query(&self, ctx: &RequestContext, query: grafana_plugin::Query) -> QueryResult {
        let started = Instant::now();
        let result = self.answer(ctx, &query).await.unwrap_or_else(QueryResult::from);
        let status = result.error.as_ref().map_or(200, |error| error.status);
        self.metrics.count("query", status, started.elapsed());
        if let Some(error) = &result.error {
            tracing::debug!(ref_id = query.ref_id, status, %error, "query failed");
        }
        result
    }
}

impl Fireline {
    async fn answer(
        &self,
        ctx: &RequestContext,
        asked: &grafana_plugin::Query,
    ) -> Result<QueryResult, QueryError> {
        let instance = self.instances.get(ctx).map_err(|refusal| refused_settings(&refusal))?;
        let mut query = Query::from_json(&asked.json).map_err(|error| unreadable_query(&error))?;
        // Grafana sets the type beside the JSON; the JSON's own is read where it does not.
        if !asked.query_type.is_empty() {
            query.query_type.clone_from(&asked.query_type);
        }
        let window = Window { start_millis: asked.from_millis, end_millis: asked.to_millis };
        if query.query_type == PROMQL {
            check_window(window)?;
            return promql::answer(&instance, ctx, asked, window).await;
        }
        let mut valid =
            ValidQuery::new(&query, &instance.settings).map_err(|error| invalid_query(&error))?;
        check_window(window)?;
        if is_for_numbers(ctx) {
            keep_numbers(&mut valid)?;
        }
        let step_millis = asked.interval_millis.max(instance.settings.min_step_millis).max(1);
        let client = instance.client_for(ctx).map_err(no_profiles)?;
        let uid = ctx.plugin.datasource.as_ref().map_or("", |datasource| datasource.uid.as_str());
        if valid.query_type == QueryType::Heatmap {
            let request = valid.heatmap_request(window, step_millis);
            let started = Instant::now();
            let response = client.heatmap(&request).await.map_err(|error| source_error(&error))?;
            let found = FoundHeatmap { request, response, upstream_millis: millis_since(started) };
            let frames = heatmap_frames(&found, valid.max_exemplars);
            return Ok(gather(&instance, [Ok(frames), Ok(Vec::new())]));
        }
        // Both parts at once; each keeps its place and its own failure.
        let (series, tree) = tokio::join!(
            async {
                if !valid.query_type.wants_series() {
                    return Ok(Vec::new());
                }
                series_part(&client, &valid, window, step_millis).await
            },
            async {
                if !valid.query_type.wants_tree() {
                    return Ok(Vec::new());
                }
                tree_part(&instance, &client, &valid, window, uid).await
            },
        );
        Ok(gather(&instance, [series, tree]))
    }
}

fn check_window(window: Window) -> Result<(), QueryError> {
    if window.start_millis <= window.end_millis {
        return Ok(());
    }
    let message = format!(
        "the time range ends before it starts: from {} to {}",
        window.start_millis, window.end_millis
    );
    Err(QueryError { status: 400, error_source: ErrorSource::Downstream, message })
}

async fn series_part(
    client: &PyroscopeClient,
    valid: &ValidQuery,
    window: Window,
    step_millis: i64,
) -> Result<Vec<Frame>, QueryError> {
    let mut request = valid.series_request(window, step_millis);
    let started = Instant::now();
    let mut without_spans = None;
    let response = match client.series(&request).await {
        // The series are worth having without.
        Err(error)
            if error.kind == SourceErrorKind::Unimplemented
                && request.exemplars == ExemplarKind::Span =>
        {
            request.exemplars = ExemplarKind::None;
            without_spans = Some(error.message);
            client.series(&request).await
        }
        answer => answer,
    };
    let mut response = response.map_err(|error| source_error(&error))?;
    if let Some(reason) = without_spans {
        response.notices.push(SourceNotice::NoSpanExemplars { reason });
    }
    if response.series.is_empty() && valid.query_type.wants_tree() {
        // The call tree says why, and is the first frame for who looks at that alone.
        return Ok(Vec::new());
    }
    let limit = request.limit;
    let found = FoundSeries { request, response, upstream_millis: millis_since(started) };
    let mut frames = series_frames(&found, valid.annotations, valid.max_exemplars);
    let count = found.response.series.len();
    if limit.is_some_and(|limit| count as u64 >= limit) && count > 1 {
        let text = format!("the {count} largest series are shown; there may be more");
        if let Some(first) = frames.first_mut() {
            first.push_notice(Notice::new(Severity::Info, text));
        }
    }
    Ok(frames)
}

async fn tree_part(
    instance: &Instance,
    client: &PyroscopeClient,
    valid: &ValidQuery,
    window: Window,
    datasource_uid: &str,
) -> Result<Vec<Frame>, QueryError> {
    let lookup = TreeLookup {
        source: client,
        settings: &instance.settings,
        links: &instance.links,
        facts: instance.shared_facts(client),
    };
    if let Some(baseline) = &valid.baseline {
        let found = look_up_diff(lookup, valid, baseline, window).await?;
        return Ok(vec![diff_frame(&found, datasource_uid).map_err(|error| no_diff(&error))?]);
    }
    let found = lookup.look_up(valid, window).await.map_err(|error| source_error(&error))?;
    Ok(vec![tree_frame(&found, datasource_uid)])
}

fn millis_since(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1000.0
}

/// Frames of all parts, and their failures beside them.
fn gather(instance: &Instance, parts: [Result<Vec<Frame>, QueryError>; 2]) -> QueryResult {
    let mut result = QueryResult::default();
    for part in parts {
        match part {
            Ok(frames) => result.frames.extend(frames),
            Err(error) => add_failure(&mut result.error, error),
        }
    }
    if let Some(first) = result.frames.first_mut() {
        for warning in &instance.warnings {
            first.push_notice(Notice::new(Severity::Warning, warning.as_str()));
        }
    }
    result
}
