//! What provisioning makes of a dollar sign: one begins a variable of the environment, two are one.

/// A text as a provisioning file has it, so that Grafana reads it as it is here.
#[must_use]
pub fn as_provisioned(text: &str) -> String {
    text.replace('$', "$$")
}

/// A text of a provisioning file as Grafana reads it, but for variables of the environment, which stay as they are.
#[must_use]
pub fn as_grafana_reads(text: &str) -> String {
    text.replace("$$", "$")
}

/// The first dollar sign that provisioning would take for a variable of the environment, although it looks like one
/// of a link: what stands there. None: every one is written twice, or means the environment.
///
/// By custom, variables of the environment are in capitals.
pub(super) fn single_dollar(text: &str) -> Option<&str> {
    text.split("$$").find_map(|part| {
        part.match_indices('$')
            .map(|(at, _)| &part[at..])
            .find(|rest| !means_environment(rest))
            .map(|rest| {
                let end = rest.find(['}', ' ', '"']).map_or(rest.len(), |end| end + 1);
                rest.get(..end).unwrap_or(rest).trim_end_matches([' ', '"'])
            })
    })
}

/// Whether a text that begins with a dollar sign names a variable of the environment, a file or a secret.
fn means_environment(text: &str) -> bool {
    let name = text.trim_start_matches('$').trim_start_matches('{');
    if ["__env{", "__file{", "__vault{"].iter().any(|expander| name.starts_with(expander)) {
        return true;
    }
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let name = &name[..end.unwrap_or(name.len())];
    let is_capital =
        |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    !name.is_empty() && name.chars().all(is_capital)
}
