//! Selectors that ask for less than they say, so that a link still finds what it means.

use query::{Labels, LinkPlan};
use selector::{MatchOp, Matcher, Selector};

use crate::change::{Change, DropReason};
use crate::label_mapping::{LabelMapping, OPTIONAL_LABELS, is_service_label, labels_of};

/// How selectors may be relaxed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelaxationRules<'a> {
    /// The label that means "service".
    pub service_label: &'a str,
    /// The mappings of the settings.
    pub mappings: &'a [LabelMapping],
    /// What the link itself says. None: the query names ids, which are its meaning, and no plan names labels.
    pub plan: Option<&'a LinkPlan>,
}

/// A selector that finds something, or at least less that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relaxed {
    /// What to ask for.
    pub selector: Selector,
    /// In the order made. Empty: the selector is the one given.
    pub changes: Vec<Change>,
    /// Whether profiles with these labels exist.
    pub is_satisfied: bool,
}

impl RelaxationRules<'_> {
    /// Which labels of the selector, and which others that mean the same, have to be known to relax it.
    /// Shape: ascending, distinct.
    #[must_use]
    pub fn labels_of_interest(&self, selector: &Selector) -> Vec<String> {
        let mut labels: Vec<String> = selector
            .matchers
            .iter()
            .flat_map(|matcher| {
                let mut names = labels_of(&matcher.name, self.mappings);
                names.push(matcher.name.clone());
                names
            })
            .collect();
        labels.sort();
        labels.dedup();
        labels
    }

    /// The condition on the service, under every label that means "service": the label asked for comes first.
    #[must_use]
    pub fn service_matchers(&self, selector: &Selector) -> Vec<Matcher> {
        let is_service =
            |matcher: &&Matcher| is_service_label(&matcher.name, self.service_label, self.mappings);
        let Some(asked) = selector.matchers.iter().find(is_service) else { return Vec::new() };
        let others = [self.service_label.to_owned()].into_iter();
        let others = others.chain(labels_of("service.name", self.mappings));
        let mut matchers = vec![asked.clone()];
        for name in others {
            if matchers.iter().all(|matcher| matcher.name != name) {
                matchers.push(Matcher { name, ..asked.clone() });
            }
        }
        let alone: Vec<Matcher> = matchers.iter().filter_map(without_namespace).collect();
        matchers.extend(alone);
        matchers
    }

    /// Whether the condition on the service may be left out too.
    #[must_use]
    pub fn may_drop_service(&self, selector: &Selector) -> bool {
        let is_optional = |label: &String| {
            self.plan.is_some_and(|plan| plan.optional.iter().any(|optional| optional == label))
        };
        let service = self.service_matchers(selector).into_iter().next();
        service.is_some_and(|service| is_optional(&service.name))
    }

    /// Places of the conditions that may be left out, the first to go first.
    ///
    /// A link's plan names them. Where ids are the meaning, it is every condition but the one on the service: the
    /// usual optional labels in their order, then the others from the last.
    fn droppable(&self, selector: &Selector) -> Vec<usize> {
        let places_of = |label: &str| {
            let places = selector.matchers.iter().enumerate();
            places
                .filter(|(_, matcher)| matcher.name == label)
                .map(|(at, _)| at)
                .collect::<Vec<_>>()
        };
        if let Some(plan) = self.plan {
            return plan.optional.iter().flat_map(|label| places_of(label)).collect();
        }
        let mut places: Vec<usize> =
            OPTIONAL_LABELS.iter().flat_map(|label| places_of(label)).collect();
        for at in (0..selector.matchers.len()).rev() {
            let is_service =
                is_service_label(&selector.matchers[at].name, self.service_label, self.mappings);
            if !is_service && !places.contains(&at) {
                places.push(at);
            }
        }
        places
    }

    /// Relaxes a selector until profiles with such labels exist, or nothing more may be left out.
    ///
    /// `label_sets`: the label sets that exist, cut to the [labels of interest](Self::labels_of_interest).
    /// Without any label set nothing is known, and nothing is changed.
    /// What no profile has is left out first, then what does not go together with the rest.
    /// Cost: conditions × label sets.
    #[must_use]
    pub fn relax(&self, selector: &Selector, label_sets: &[Labels]) -> Relaxed {
        let mut changes = Vec::new();
        if label_sets.is_empty() {
            return Relaxed { selector: selector.clone(), changes, is_satisfied: false };
        }
        let mut conditions: Vec<Condition> =
            selector.matchers.iter().map(|matcher| Condition::new(matcher, label_sets)).collect();
        for condition in &mut conditions {
            let change = self.rename(condition, label_sets);
            changes.extend(change.or_else(|| self.split_service(condition, label_sets)));
        }
        let order = self.droppable(selector);
        let reasons = [DropReason::NoSuchLabel, DropReason::NoSuchValue, DropReason::NotTogether];
        for why in reasons {
            for at in &order {
                if is_satisfied(&conditions, label_sets.len()) {
                    break;
                }
                let condition = &mut conditions[*at];
                let is_meant = match why {
                    DropReason::NoSuchLabel => !condition.is_satisfiable() && !condition.has_label,
                    DropReason::NotTogether => true,
                    _ => !condition.is_satisfiable(),
                };
                let is_service =
                    is_service_label(&condition.matcher.name, self.service_label, self.mappings);
                let why = match why {
                    DropReason::NoSuchValue if is_service => DropReason::NoSuchService,
                    why => why,
                };
                if is_meant && !std::mem::replace(&mut condition.is_dropped, true) {
                    changes.push(Change::Dropped {
                        matcher: condition.matcher.to_string(),
                        label: condition.matcher.name.clone(),
                        why,
                    });
                }
            }
        }
        let is_satisfied = is_satisfied(&conditions, label_sets.len());
        let kept = conditions.into_iter().filter(|condition| !condition.is_dropped);
        Relaxed {
            selector: Selector { matchers: kept.map(|condition| condition.matcher).collect() },
            changes,
            is_satisfied,
        }
    }

    /// Puts a condition on the first label that means the same and has such a value.
    fn rename(&self, condition: &mut Condition, label_sets: &[Labels]) -> Option<Change> {
        if condition.has_label || condition.is_satisfiable() {
            return None;
        }
        let from = condition.matcher.name.clone();
        let renamed = labels_of(&from, self.mappings).into_iter().find_map(|to| {
            let matcher = Matcher { name: to, ..condition.matcher.clone() };
            Some(Condition::new(&matcher, label_sets)).filter(Condition::is_satisfiable)
        })?;
        *condition = renamed;
        Some(Change::Renamed { from, to: condition.matcher.name.clone() })
    }

    /// Puts a condition on a service and its namespace on the name of the service alone, under the first label that
    /// has it.
    fn split_service(&self, condition: &mut Condition, label_sets: &[Labels]) -> Option<Change> {
        let service = &condition.matcher;
        if condition.is_satisfiable()
            || !is_service_label(&service.name, self.service_label, self.mappings)
        {
            return None;
        }
        let alone = without_namespace(service)?;
        let others = labels_of("service.name", self.mappings).into_iter();
        let names = [service.name.clone(), self.service_label.to_owned()].into_iter().chain(others);
        let found = names.into_iter().find_map(|name| {
            let matcher = Matcher { name, ..alone.clone() };
            Some(Condition::new(&matcher, label_sets)).filter(Condition::is_satisfiable)
        })?;
        let asked = service.to_string();
        *condition = found;
        Some(Change::WithoutNamespace { asked, used: condition.matcher.to_string() })
    }
}

/// The condition on the name alone of a service that Prometheus calls `<namespace>/<name>`. None: it has one part.
fn without_namespace(service: &Matcher) -> Option<Matcher> {
    let (_, name) = service.value.split_once('/').filter(|_| service.op == MatchOp::Equal)?;
    Some(Matcher { value: name.to_owned(), ..service.clone() })
}

/// One condition of the selector, compared with every label set that exists.
struct Condition {
    matcher: Matcher,
    /// Whether any label set has the label.
    has_label: bool,
    /// By label set: whether it satisfies the condition.
    satisfied_by: Vec<bool>,
    is_dropped: bool,
}

impl Condition {
    fn new(matcher: &Matcher, label_sets: &[Labels]) -> Self {
        let compiled = matcher.compile();
        let value_in = |labels: &Labels| {
            let found = labels.iter().find(|(name, _)| *name == matcher.name);
            found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
        };
        let values: Vec<Option<String>> = label_sets.iter().map(value_in).collect();
        let satisfies = |value: &Option<String>| {
            let value = value.as_deref().unwrap_or_default();
            compiled.as_ref().is_ok_and(|compiled| compiled.matches(value))
        };
        Self {
            matcher: matcher.clone(),
            has_label: values.iter().any(Option::is_some),
            satisfied_by: values.iter().map(satisfies).collect(),
            is_dropped: false,
        }
    }

    /// Whether any label set satisfies it.
    fn is_satisfiable(&self) -> bool {
        self.satisfied_by.contains(&true)
    }
}

/// Whether one label set satisfies all conditions that are left.
fn is_satisfied(conditions: &[Condition], label_sets: usize) -> bool {
    (0..label_sets).any(|set| {
        conditions.iter().all(|condition| condition.is_dropped || condition.satisfied_by[set])
    })
}
