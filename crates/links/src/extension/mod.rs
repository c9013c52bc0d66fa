//! Where the links lead that Grafana's own pages offer on our behalf: trace view, panel menus, Explore, log details.

mod address;
mod clicked;
mod link;
mod to_profiles;
mod to_trail;

use serde_json::Value;

pub use clicked::fill_in_target;
pub use link::{ExtensionGoal, ExtensionLink, ExtensionPoint, extension_links};

use crate::link_context::LinkContext;
use clicked::Clicked;

/// The path within Grafana that a link leads to, with its query.
///
/// `clicked`: what Grafana says of the page, with the variables in its queries filled in. `own` of the context: the
/// data source that profiles are asked from; its settings say what means "service".
///
/// # Errors
/// A sentence for the user: the page says nothing that could be looked for there.
pub fn extension_path(
    point: ExtensionPoint,
    goal: ExtensionGoal,
    clicked: &Value,
    context: &LinkContext,
) -> Result<String, String> {
    if context.own.uid.is_empty() {
        return Err("There is no Fireline data source yet. Add one to see profiles.".to_owned());
    }
    let clicked = Clicked { page: clicked, context };
    match goal {
        ExtensionGoal::Profiles => to_profiles::path(point, &clicked),
        ExtensionGoal::Trail => to_trail::path(point, &clicked),
    }
}
