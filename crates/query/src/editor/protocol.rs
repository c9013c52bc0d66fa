//! How a form talks with the shell: what it is given, what happens to it, what it asks for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::form::{Choice, Form};

/// What a form is given whenever it changes, always whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(rename_all = "camelCase", default)]
pub struct EditorProps {
    /// The JSON that the form edits; keys that the form does not know are kept.
    #[cfg_attr(feature = "ts", tsify(type = "Record<string, unknown>"))]
    pub value: Map<String, Value>,
    /// Where the form stands, as Grafana names its apps: `explore`, `panel-editor`, `dashboard`; may be empty.
    pub app: String,
    /// Start of the time range. Unit: milliseconds since 1970.
    pub from_millis: f64,
    /// End of the time range. Unit: milliseconds since 1970.
    pub to_millis: f64,
    /// The datasource's settings (`jsonData`).
    #[cfg_attr(feature = "ts", tsify(type = "Record<string, unknown>"))]
    pub settings: Map<String, Value>,
    /// The template variables that may be used, as `$name`.
    pub variables: Vec<String>,
    /// The names of the secrets that are set. Empty: none, or the form has none.
    pub secrets: Vec<String>,
    /// The data sources that there are: uid, name, type. Empty: the form does not ask for them.
    pub sources: Vec<Choice>,
}

/// What happened to a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum EditorAction {
    /// One value was chosen or typed to its end; empty: taken away.
    Choose {
        /// The field.
        field: String,
        /// The value.
        value: String,
    },
    /// The chosen values of a field with many.
    ChooseMany {
        /// The field.
        field: String,
        /// All of them.
        values: Vec<String>,
    },
    /// A switch was set.
    Switch {
        /// The field.
        field: String,
        /// Whether it is on.
        on: bool,
    },
    /// Text is being typed, or the caret moved.
    Type {
        /// The field.
        field: String,
        /// The whole text.
        text: String,
        /// Unit: UTF-16 code units.
        caret: u32,
    },
    /// A key that moves in, accepts or closes the list of suggestions: `ArrowDown`, `ArrowUp`, `Enter`, `Tab`, `Escape`.
    Key {
        /// The field.
        field: String,
        /// As `KeyboardEvent.key` names it.
        key: String,
    },
    /// A suggestion was clicked.
    Accept {
        /// The field.
        field: String,
        /// Index into the suggestions.
        index: u32,
    },
    /// The field lost the focus: what was typed counts.
    Leave {
        /// The field.
        field: String,
    },
    /// The choices of a field are about to be looked at.
    Open {
        /// The field.
        field: String,
    },
    /// A button was pressed.
    Press {
        /// The button.
        button: String,
    },
    /// The answer to [`EditorEffect::Fetch`].
    Fetched {
        /// Of the request.
        id: u32,
        /// The JSON of the answer.
        #[cfg_attr(feature = "ts", tsify(type = "unknown"))]
        body: Value,
    },
    /// The time of [`EditorEffect::Wait`] is over.
    Waited {
        /// How long it was.
        millis: u32,
    },
    /// There is no answer to [`EditorEffect::Fetch`].
    FetchFailed {
        /// Of the request.
        id: u32,
        /// Why.
        message: String,
    },
}

/// What a form asks the shell to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum EditorEffect {
    /// Ask a resource of the datasource, and come back with [`EditorAction::Fetched`].
    Fetch {
        /// Names the request in the answer.
        id: u32,
        /// The resource.
        #[serde(flatten)]
        request: ResourceRequest,
    },
    /// Hand the edited JSON to Grafana.
    Change {
        /// The whole JSON.
        #[cfg_attr(feature = "ts", tsify(type = "Record<string, unknown>"))]
        value: Map<String, Value>,
        /// Whether the query is to be run at once.
        run: bool,
    },
    /// Hand a secret to Grafana, which never gives it back.
    SetSecret {
        /// Its name in `secureJsonData`.
        name: String,
        /// Empty: it is taken away.
        value: String,
    },
    /// Come back with [`EditorAction::Waited`] after a while.
    Wait {
        /// How long.
        millis: u32,
    },
}

/// A question to a resource of the datasource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(rename_all = "camelCase")]
pub struct ResourceRequest {
    /// For instance `labelNames`.
    pub path: String,
    /// The query string.
    #[cfg_attr(feature = "ts", tsify(type = "Record<string, string>"))]
    pub params: BTreeMap<String, String>,
}

impl ResourceRequest {
    /// A question about a time range. Unit: milliseconds since 1970.
    pub(crate) fn new(path: &str, window: crate::Window, params: &[(&str, &str)]) -> Self {
        let mut all = BTreeMap::from([
            ("start".to_owned(), window.start_millis.to_string()),
            ("end".to_owned(), window.end_millis.to_string()),
        ]);
        for (name, value) in params {
            all.insert((*name).to_owned(), (*value).to_owned());
        }
        Self { path: path.to_owned(), params: all }
    }
}

/// What a form answers to props and actions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(rename_all = "camelCase")]
pub struct EditorUpdate {
    /// What to draw.
    pub form: Form,
    /// What to do, in order.
    pub effects: Vec<EditorEffect>,
}
