//! One call tree: asked for as the query says, and once more with what may be relaxed.

use std::time::{Duration, Instant};

use links::{
    Change, EmptyReason, Explanation, Findings, Instead, LinkSettings, RelaxationRules, WouldFind,
    pad_window,
};
use query::{
    NodeLimit, ProfileSource, Settings, SourceError, SpanClassFound, TreeRequest, TreeResponse,
    ValidQuery, Window,
};

use super::empty_reason::{WhyEmpty, why_empty};
use super::label_facts::{FactCache, LabelFacts};
use super::span_batches::{AskedSpans, tree_of_spans};

/// So long an answer waits for each thing that is asked beside it: what may be relaxed, why there is nothing, which
/// spans have samples.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a call tree is looked up with.
#[derive(Debug, Clone, Copy)]
pub struct TreeLookup<'a, Source> {
    /// Where profiles come from, on behalf of the user who asks.
    pub source: &'a Source,
    /// The datasource's settings.
    pub settings: &'a Settings,
    /// How links are followed.
    pub links: &'a LinkSettings,
    /// What was found out a short while ago **for the same user**.
    /// None: nothing is kept, because users may see different profiles.
    pub facts: Option<&'a FactCache>,
}

/// A call tree, and how it was found.
#[derive(Debug, Clone)]
pub struct FoundTree {
    /// What the source was asked in the end.
    pub request: TreeRequest,
    /// What it answered.
    pub response: TreeResponse,
    /// What was changed, and why there is nothing. None: neither.
    pub explanation: Option<Explanation>,
    /// What is known of the spans that were asked for. None: fewer than two were.
    pub spans: Option<AskedSpans>,
    /// How many spans there were of the class that was asked for. None: no class was.
    pub span_class: Option<SpanClassFound>,
    /// How long the source took. Unit: milliseconds.
    pub upstream_millis: f64,
}

impl<Source: ProfileSource> TreeLookup<'_, Source> {
    /// Looks a call tree up.
    ///
    /// A query that names ids, or that a link of ours made, is padded, and relaxed where it finds nothing.
    /// Any other is asked as it is; where it finds nothing, the explanation says what would.
    /// Cost: one question, and a few cheap ones more for an empty answer only.
    pub async fn look_up(
        &self,
        query: &ValidQuery,
        asked: Window,
    ) -> Result<FoundTree, SourceError> {
        let started = Instant::now();
        let may_relax = query.names_ids() || query.plan.is_some();
        let mut changes = Vec::new();
        let mut window = asked;
        if may_relax {
            let padded = pad_window(asked, query.plan.as_ref(), self.links.padding_millis);
            window = padded.window;
            changes.extend(padded.change);
        }
        let request = query.tree_request(window);
        let (response, spans) = Box::pin(tree_of_spans(self.source, &request)).await?;
        let upstream_millis = started.elapsed().as_secs_f64() * 1000.0;
        let mut found = FoundTree {
            request,
            response,
            explanation: None,
            spans,
            span_class: query.span_class,
            upstream_millis,
        };
        if !found.response.tree.is_empty() {
            let mut findings = self.findings(query, changes);
            findings.empty = all_truncated(&found);
            found.explanation = findings.explain();
            return Ok(found);
        }
        let rules = self.rules(query);
        let facts = self.label_facts(&rules, query, window).await;
        let relaxed = rules.relax(&query.selector, &facts.label_sets);
        let is_better = relaxed.is_satisfied && !relaxed.changes.is_empty();
        if may_relax && is_better {
            changes = relaxed.changes.clone().into_iter().chain(changes).collect::<Vec<Change>>();
            let request =
                TreeRequest { selector: relaxed.selector.clone(), ..found.request.clone() };
            let (response, spans) = Box::pin(tree_of_spans(self.source, &request)).await?;
            let upstream_millis = started.elapsed().as_secs_f64() * 1000.0;
            found = FoundTree {
                request,
                response,
                explanation: None,
                spans,
                span_class: query.span_class,
                upstream_millis,
            };
        }
        let mut findings = self.findings(query, changes);
        if found.response.tree.is_empty() {
            let reason = why_empty(self.source, query, &found.request, asked, &rules, &facts);
            // The reason is a courtesy: without it, the empty answer is still the right one.
            let why = within_patience("why the answer is empty", reason).await;
            findings.would_find = match &why {
                _ if is_better && !may_relax => {
                    Some(WouldFind { selector: &relaxed.selector, instead: Instead::Selector })
                }
                Some(WhyEmpty { instead: Some(instead), .. }) => {
                    Some(WouldFind { selector: &found.request.selector, instead: *instead })
                }
                _ => None,
            };
            findings.empty = why.map(|why| why.reason);
        }
        found.explanation = findings.explain();
        Ok(found)
    }

    fn rules<'b>(&'b self, query: &'b ValidQuery) -> RelaxationRules<'b> {
        RelaxationRules {
            service_label: &self.settings.service_label,
            mappings: &self.links.mappings,
            // Ids are what is meant, whatever the plan; a plan may say what is optional all the same.
            plan: query
                .plan
                .as_ref()
                .filter(|plan| !query.names_ids() || !plan.optional.is_empty()),
        }
    }

    fn findings<'b>(&self, query: &'b ValidQuery, changes: Vec<Change>) -> Findings<'b> {
        Findings {
            asked: &query.selector,
            profile_type: query.profile_type.to_string(),
            changes,
            empty: None,
            would_find: None,
        }
    }

    /// Which labels there are; nothing where that cannot be found out, and then nothing is relaxed.
    async fn label_facts(
        &self,
        rules: &RelaxationRules<'_>,
        query: &ValidQuery,
        window: Window,
    ) -> LabelFacts {
        let (selector, profile_type) = (&query.selector, &query.profile_type);
        let subject = format!("{profile_type}{selector} {}", rules.may_drop_service(selector));
        if let Some(known) = self.facts.and_then(|facts| facts.get(&subject, window)) {
            return known;
        }
        let facts = LabelFacts::ask(self.source, rules, selector, profile_type, window);
        let facts = within_patience("which labels there are", facts).await;
        if let (Some(facts), Some(cache)) = (&facts, self.facts) {
            cache.keep(&subject, window, facts);
        }
        facts.unwrap_or_default()
    }
}

/// What can be found out without keeping the answer waiting. None: it failed, or took too long.
pub(super) async fn within_patience<T>(
    what: &str,
    finding_out: impl Future<Output = Result<T, SourceError>>,
) -> Option<T> {
    match tokio::time::timeout(PATIENCE, Box::pin(finding_out)).await {
        Ok(Ok(found)) => Some(found),
        Ok(Err(error)) => {
            tracing::debug!(%error, "not found out {what}");
            None
        }
        Err(_) => {
            tracing::debug!("not found out {what} in time");
            None
        }
    }
}

/// Whether the limit on nodes left nothing but what stands for the rest.
fn all_truncated(found: &FoundTree) -> Option<EmptyReason> {
    let tree = &found.response.tree;
    let NodeLimit::About(limit) = found.request.max_nodes else { return None };
    let is_all = tree.node_count() == 1 + tree.truncated().len();
    (is_all && !tree.truncated().is_empty())
        .then_some(EmptyReason::Truncated { max_nodes: limit.get() })
}
