//! The forms: query editor, variable editor and settings, without a browser.
//!
//! A form is given props, told what happened, and answers with what to draw and what to do.

mod compare_form;
mod completion;
mod counted_form;
mod exemplar_settings;
pub(crate) mod fields;
mod form;
mod link_settings;
mod loaded;
mod metrics_settings;
mod promql_form;
mod protocol;
mod query_editor;
mod query_form;
mod selector_input;
mod service;
mod settings;
mod spans_field;
mod starting_point;
mod variable;

pub use completion::{CompletionPoint, Expected, completion_point};
pub use form::{
    Choice, Control, Field, Form, FormButton, FormNotice, FormSection, FormSeverity, Problem,
    Suggestion,
};
pub use protocol::{EditorAction, EditorEffect, EditorProps, EditorUpdate, ResourceRequest};
pub use service::{OTHER_SERVICE_LABELS, Wait, should_wait};
pub use starting_point::{StartingPoint, preferred_profile_type, starting_point};
pub use variable::{VariableValue, variable_request, variable_values};

pub(crate) use query_form::sentence;

use query_editor::QueryEditor;
use serde::{Deserialize, Serialize};
use settings::SettingsEditor;
use variable::VariableEditor;

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum EditorKind {
    /// Of a query.
    Query,
    /// Of a template variable's query.
    Variable,
    /// Of the datasource.
    Settings,
}

/// A form and its state.
#[derive(Debug)]
pub struct Editor(State);

#[derive(Debug)]
enum State {
    Query(Box<QueryEditor>),
    Variable(Box<VariableEditor>),
    Settings(SettingsEditor),
}

impl Editor {
    /// An empty form; it is drawn once it has props.
    #[must_use]
    pub fn new(kind: EditorKind) -> Self {
        Self(match kind {
            EditorKind::Query => State::Query(Box::default()),
            EditorKind::Variable => State::Variable(Box::default()),
            EditorKind::Settings => State::Settings(SettingsEditor::default()),
        })
    }

    /// Takes the props; idempotent.
    pub fn set_props(&mut self, props: EditorProps) -> EditorUpdate {
        match &mut self.0 {
            State::Query(editor) => editor.set_props(props),
            State::Variable(editor) => editor.set_props(props),
            State::Settings(editor) => editor.set_props(props),
        }
    }

    /// Takes what happened.
    pub fn dispatch(&mut self, action: EditorAction) -> EditorUpdate {
        match &mut self.0 {
            State::Query(editor) => editor.dispatch(action),
            State::Variable(editor) => editor.dispatch(action),
            State::Settings(editor) => editor.dispatch(action),
        }
    }
}
