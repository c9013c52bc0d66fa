//! The `name` of a legacy push: `checkout.cpu{region=eu-west,version=1.4.2}`.

/// The application and the labels that a client wrote into `name`.
///
/// Source: the key syntax of the legacy protocol; values are not quoted, so they hold no comma and no `}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApplicationName {
    /// What stands before the brace; never empty.
    pub(crate) application: String,
    /// In the order written; names are distinct and not empty.
    pub(crate) labels: Vec<(String, String)>,
}

/// A text that is not an [`ApplicationName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApplicationNameError {
    /// Nothing stands before the brace.
    #[error("name: service name is required, expected app or app{{key=value,…}}")]
    Missing,
    /// The labels do not end.
    #[error("name {0:?}: labels are not closed, expected '}}' at the end")]
    Unclosed(String),
    /// Something stands behind the labels.
    #[error("name {name:?}: unexpected {rest:?} after '}}'")]
    Trailing {
        /// The whole text.
        name: String,
        /// What follows the brace.
        rest: String,
    },
    /// One label is not `key=value`.
    #[error("name: label {0:?}: expected key=value")]
    Label(String),
    /// A label is given twice.
    #[error("name: label {0:?} is given twice")]
    Duplicate(String),
}

impl ApplicationName {
    /// Reads the text of `name`.
    pub(crate) fn parse(text: &str) -> Result<Self, ApplicationNameError> {
        let (application, labels) = match text.split_once('{') {
            Some((application, labels)) => (application, Some(labels)),
            None => (text, None),
        };
        let application = application.trim();
        if application.is_empty() {
            return Err(ApplicationNameError::Missing);
        }
        let labels = labels.map_or(Ok(Vec::new()), |labels| parse_labels(text, labels))?;
        Ok(Self { application: application.to_owned(), labels })
    }
}

fn parse_labels(name: &str, labels: &str) -> Result<Vec<(String, String)>, ApplicationNameError> {
    let (labels, rest) =
        labels.split_once('}').ok_or_else(|| ApplicationNameError::Unclosed(name.to_owned()))?;
    if !rest.trim().is_empty() {
        return Err(ApplicationNameError::Trailing {
            name: name.to_owned(),
            rest: rest.to_owned(),
        });
    }
    let mut parsed: Vec<(String, String)> = Vec::new();
    for label in labels.split(',').map(str::trim).filter(|label| !label.is_empty()) {
        let (key, value) = match label.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => (key.trim(), value.trim()),
            _ => return Err(ApplicationNameError::Label(label.to_owned())),
        };
        if parsed.iter().any(|(known, _)| known == key) {
            return Err(ApplicationNameError::Duplicate(key.to_owned()));
        }
        parsed.push((key.to_owned(), value.to_owned()));
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn an_application_comes_with_or_without_labels() {
        for text in ["checkout", " checkout ", "checkout{}", "checkout{ , }"] {
            let name = ApplicationName::parse(text).unwrap();
            assert_eq!((name.application.as_str(), name.labels), ("checkout", vec![]), "{text}");
        }
        let name = ApplicationName::parse("my.app.cpu{region=eu-west, v=a=b,empty=}").unwrap();
        assert_eq!(name.application, "my.app.cpu");
        assert_eq!(
            name.labels,
            [label("region", "eu-west"), label("v", "a=b"), label("empty", "")]
        );
    }

    #[test]
    fn what_is_wrong_with_a_name_is_said() {
        let error = |text: &str| ApplicationName::parse(text).unwrap_err().to_string();
        assert!(error("").starts_with("name: service name is required"));
        assert!(error("{a=b}").starts_with("name: service name is required"));
        assert!(error("a{b=c").contains("not closed"));
        assert!(error("a{b=c}d").contains("unexpected \"d\""));
        assert!(error("a{b}").contains("expected key=value"));
        assert!(error("a{=c}").contains("expected key=value"));
        assert!(error("a{b=c,b=d}").contains("given twice"));
    }
}
