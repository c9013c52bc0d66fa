//! Parameters behind the question mark of an address.

use percent_encoding::percent_decode_str;

/// The parameters of an address, decoded, in the order written.
#[derive(Debug, Default)]
pub(crate) struct QueryString(Vec<(String, String)>);

impl QueryString {
    /// Reads what stands behind the question mark. None and empty: no parameters.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        let pairs = text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The first value of a parameter. None: absent or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }
}

fn decode(text: &str) -> String {
    // In a form a plus is a blank; a real plus comes as %2B.
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let query = QueryString::parse(Some("name=a%7Bb%3Dc%2B1%7D&from=1+2&empty=&flag"));
        assert_eq!(query.get("name"), Some("a{b=c+1}"));
        assert_eq!(query.get("from"), Some("1 2"));
        assert_eq!(query.get("empty"), None);
        assert_eq!(query.get("flag"), None);
        assert_eq!(QueryString::parse(None).get("name"), None);
    }
}
