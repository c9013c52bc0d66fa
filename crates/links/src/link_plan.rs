//! What a link's selector may do without.

use query::LinkPlan;

use crate::label_mapping::OPTIONAL_LABELS;

/// The plan of a link to what an id names: the selector only narrows the search, down to the service, which goes last.
pub(crate) fn plan_of_ids(service_label: &str) -> LinkPlan {
    let usual = OPTIONAL_LABELS.iter().copied();
    let optional = usual.chain([service_label]).map(str::to_owned).collect();
    LinkPlan { optional, ..LinkPlan::default() }
}

/// The plan of a link to the profiles of a service, which it cannot do without.
pub(crate) fn plan_of_service() -> LinkPlan {
    let optional = OPTIONAL_LABELS.iter().map(|label| (*label).to_owned()).collect();
    LinkPlan { optional, ..LinkPlan::default() }
}
