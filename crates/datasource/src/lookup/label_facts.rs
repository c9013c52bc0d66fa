//! Which labels profiles have, as far as one selector is concerned.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use links::RelaxationRules;
use query::{Labels, MetadataRequest, ProfileSource, SourceError, Window};
use selector::{Matcher, ProfileTypeId, Selector};

/// How long facts are believed: a dashboard asks for the same several times in a row.
const BELIEVED_FOR: Duration = Duration::from_secs(30);

/// So many selectors' facts are kept.
const KEPT: usize = 64;

/// So many label sets of one selector are looked at.
const LABEL_SETS: usize = 5_000;

/// Which labels profiles have, as far as one selector is concerned.
#[derive(Debug, Clone, Default)]
pub(crate) struct LabelFacts {
    /// All label names in the time range. Empty: no profile of anything is there.
    pub(crate) names: Vec<String>,
    /// The label sets of the service that the selector names, cut to the labels that matter: those with profiles of
    /// the type asked for, where there are any.
    /// Empty: the service is not there under any label that means "service".
    pub(crate) label_sets: Vec<Labels>,
}

impl LabelFacts {
    /// Asks a source. Cost: one question for the names, and at most two for each label that may mean "service".
    pub(crate) async fn ask<Source: ProfileSource>(
        source: &Source,
        rules: &RelaxationRules<'_>,
        selector: &Selector,
        profile_type: &ProfileTypeId,
        window: Window,
    ) -> Result<Self, SourceError> {
        let everything = MetadataRequest { selectors: vec![], window };
        let names = source.label_names(&everything).await?;
        let mut interest = rules.labels_of_interest(selector);
        interest.retain(|label| names.contains(label));
        let mut label_sets = Vec::new();
        let services = rules.service_matchers(selector);
        let of_services = services.iter().filter(|matcher| names.contains(&matcher.name));
        let mut narrowings: Vec<Selector> =
            of_services.map(|matcher| Selector::default().and(matcher.clone())).collect();
        if services.is_empty() || rules.may_drop_service(selector) {
            narrowings.push(Selector::default());
        }
        // Other types of profiles have other labels: memory's may know a namespace that CPU time's do not.
        let of_type = Matcher::equal("__profile_type__", profile_type.to_string());
        let of_type = narrowings.clone().into_iter().map(|all| all.and(of_type.clone()));
        let narrowings: Vec<Selector> = of_type.chain(narrowings.clone()).collect();
        if !interest.is_empty() {
            for narrowing in narrowings {
                let request = MetadataRequest { selectors: vec![narrowing], window };
                label_sets = source.label_sets(&interest, &request).await?;
                if !label_sets.is_empty() {
                    break;
                }
            }
        }
        label_sets.truncate(LABEL_SETS);
        Ok(Self { names, label_sets })
    }
}

/// Facts that were asked for a short while ago. Bounded: the oldest go first.
#[derive(Debug, Default)]
pub struct FactCache {
    facts: Mutex<VecDeque<Fact>>,
}

#[derive(Debug)]
struct Fact {
    /// What was asked for, with its type.
    subject: String,
    window: Window,
    asked: Instant,
    facts: LabelFacts,
}

impl FactCache {
    pub(crate) fn get(&self, subject: &str, window: Window) -> Option<LabelFacts> {
        // A panic elsewhere leaves the list whole: entries are replaced, never half changed.
        let facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = facts.iter().find(|fact| {
            fact.subject == subject && fact.window == window && fact.asked.elapsed() < BELIEVED_FOR
        });
        known.map(|fact| fact.facts.clone())
    }

    pub(crate) fn keep(&self, subject: &str, window: Window, facts: &LabelFacts) {
        let mut known = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|fact| fact.asked.elapsed() < BELIEVED_FOR);
        if known.len() >= KEPT {
            known.pop_front();
        }
        let subject = subject.to_owned();
        known.push_back(Fact { subject, window, asked: Instant::now(), facts: facts.clone() });
    }
}
