//! One query in PromQL, from JSON to frames.

use grafana_plugin::frame::{Frame, Notice, Severity};
use grafana_plugin::{ErrorSource, QueryError, QueryResult, RequestContext};
use links::LinkSettings;
use prometheus_client::{Answer, PrometheusClient, QueryResult as Evaluated, RangeQuery};
use query::promql::{PromqlFormat, PromqlQuery, PromqlStep, ValidPromql};
use query::{SourceError, SourceErrorKind, Window};

use super::exemplar_frame::exemplar_frame;
use super::series_frames::{FrameContext, series_frames};
use super::shapes::{heatmaps, table};
use crate::error_table::{add_failure, metrics_error, refused_settings, unreadable_query};
use crate::instance::{Instance, forwarded};
use crate::metrics_server::MetricsServer;
use crate::numbers_only::is_for_numbers;

/// Answers a query in PromQL.
pub(crate) async fn answer(
    instance: &Instance,
    ctx: &RequestContext,
    asked: &grafana_plugin::Query,
    window: Window,
) -> Result<QueryResult, QueryError> {
    let query = PromqlQuery::from_json(&asked.json).map_err(|error| unreadable_query(&error))?;
    let valid = ValidPromql::new(&query).map_err(|error| QueryError {
        status: 400,
        error_source: ErrorSource::Downstream,
        message: error.to_string(),
    })?;
    let server = instance.metrics().map_err(refused_settings)?;
    let scrape_interval = server.scrape_interval_millis;
    let step =
        PromqlStep::new(window, asked.interval_millis, valid.min_step_millis, scrape_interval);
    let wants_numbers = is_for_numbers(ctx);
    let evaluation = Evaluation {
        server,
        links: &instance.links,
        client: server.client.with_headers(&forwarded(ctx.headers.iter())),
        expr: step.fill_in(&valid.expr),
        step,
        format: if wants_numbers { PromqlFormat::TimeSeries } else { valid.format },
        legend_format: &valid.legend_format,
        wants_numbers,
    };
    let wants_exemplars = valid.exemplars && !wants_numbers;
    // All at once; each keeps its place and its own failure.
    let (instant, range, exemplars) = tokio::join!(
        async {
            if !valid.instant {
                return Ok(Vec::new());
            }
            evaluation.instant().await
        },
        async {
            if !valid.range {
                return Ok(Vec::new());
            }
            evaluation.range(wants_exemplars).await
        },
        async {
            if !wants_exemplars {
                return Vec::new();
            }
            evaluation.exemplars(valid.max_exemplars).await
        },
    );
    let mut result = QueryResult::default();
    for part in [instant, range] {
        match part {
            Ok(frames) => result.frames.extend(frames),
            Err(error) => add_failure(&mut result.error, metrics_error(&error)),
        }
    }
    // A wrong expression is wrong for its exemplars too, and said once.
    if result.error.is_none() {
        result.frames.extend(exemplars);
    }
    if let Some(first) = result.frames.first_mut() {
        for warning in &instance.warnings {
            first.push_notice(Notice::new(Severity::Warning, warning.as_str()));
        }
        if !query.left_out_filters.is_empty() {
            let text = format!(
                "the dashboard's filters on {} do not narrow queries in PromQL",
                query.left_out_filters.join(", ")
            );
            first.push_notice(Notice::new(Severity::Warning, text));
        }
    }
    Ok(result)
}

/// One query on its way.
struct Evaluation<'a> {
    server: &'a MetricsServer,
    links: &'a LinkSettings,
    client: PrometheusClient,
    expr: String,
    step: PromqlStep,
    format: PromqlFormat,
    legend_format: &'a str,
    wants_numbers: bool,
}

impl Evaluation<'_> {
    async fn instant(&self) -> Result<Vec<Frame>, SourceError> {
        let answer = self.client.query(&self.expr, self.step.asked.end_millis).await?;
        Ok(self.frames(&answer, false))
    }

    async fn range(&self, wants_exemplars: bool) -> Result<Vec<Frame>, SourceError> {
        let query = RangeQuery {
            expr: self.expr.clone(),
            window: self.step.aligned,
            step_millis: self.step.step_millis,
        };
        let answer = self.client.query_range(&query).await?;
        Ok(self.frames(&answer, wants_exemplars))
    }

    fn frames(&self, answer: &Answer<Evaluated>, may_be_empty: bool) -> Vec<Frame> {
        let context = FrameContext {
            expr: &self.expr,
            legend_format: self.legend_format,
            step_millis: self.step.step_millis,
        };
        let mut frames = match self.format {
            PromqlFormat::Table => table(&answer.data).into_iter().collect(),
            PromqlFormat::Heatmap => heatmaps(&answer.data),
            PromqlFormat::TimeSeries => Vec::new(),
        };
        if frames.is_empty() {
            frames = series_frames(&answer.data, context);
        }
        let mut notices: Vec<Notice> = Vec::new();
        if self.wants_numbers {
            let before = frames.len();
            frames.retain(|frame| {
                frame.meta.as_ref().is_none_or(|meta| meta.frame_type != "heatmap-cells")
            });
            if frames.len() < before {
                let text = "native histograms are left out, because alert rules and expressions take numbers; histogram_quantile() makes some of them";
                notices.push(Notice::new(Severity::Warning, text));
            }
        }
        let warnings = answer.warnings.iter().map(|text| (Severity::Warning, text));
        let infos = answer.infos.iter().map(|text| (Severity::Info, text));
        notices.extend(
            warnings.chain(infos).map(|(severity, text)| Notice::new(severity, text.as_str())),
        );
        if frames.is_empty() && !(may_be_empty && notices.is_empty()) {
            frames.push(Frame::new("", Vec::new()));
        }
        context.mark_first(&mut frames);
        if let Some(first) = frames.first_mut() {
            for notice in notices {
                first.push_notice(notice);
            }
        }
        frames
    }

    /// The exemplars; where there can be none, a frame that says why: they are never worth the
    /// series beside them.
    async fn exemplars(&self, max_of_series: usize) -> Vec<Frame> {
        let answer = match self.client.query_exemplars(&self.expr, self.step.asked).await {
            Ok(answer) => answer,
            Err(error) => {
                let lacks_them = matches!(
                    error.kind,
                    SourceErrorKind::NotFound | SourceErrorKind::Unimplemented
                );
                let (severity, what) = if lacks_them {
                    (Severity::Info, "this metrics server has no exemplars")
                } else {
                    (Severity::Warning, "the exemplars could not be read")
                };
                let mut frame = Frame::new("", Vec::new());
                frame.push_notice(Notice::new(severity, format!("{what}: {error}")));
                return vec![frame];
            }
        };
        let settings = &self.server.exemplars;
        let window = self.step.asked;
        let links = self.links;
        exemplar_frame(&answer.data, settings, links, max_of_series, window).into_iter().collect()
    }
}
