//! What editors ask of the metrics server: label names and values, and what metrics mean.

use grafana_plugin::ResourceRequest;
use serde_json::{Value, json};

use crate::instance::{Instance, forwarded};
use crate::resource_handler::{Failure, Parameters};

/// At most so many metrics are explained.
const MAX_METADATA: usize = 5_000;

/// Answers a resource below `metrics/`.
pub(crate) async fn answer(
    instance: &Instance,
    request: &ResourceRequest,
    name: &str,
    parameters: &Parameters,
) -> Result<Value, Failure> {
    let server = instance.metrics().map_err(|refusal| Failure::Settings(refusal.to_string()))?;
    let client = server.client.with_headers(&forwarded(request.headers.iter()));
    match name {
        "labelNames" => {
            let names = client.label_names(&selectors(parameters), parameters.window()?).await;
            Ok(json!(names.map_err(Failure::Metrics)?))
        }
        "labelValues" => {
            let label = parameters.get("label").unwrap_or_default();
            if label.is_empty() {
                let text = "the parameter label is missing: which label?";
                return Err(Failure::Parameter(text.to_owned()));
            }
            let selectors = selectors(parameters);
            let values = client.label_values(label, &selectors, parameters.window()?).await;
            Ok(json!(values.map_err(Failure::Metrics)?))
        }
        "metadata" => {
            let metadata = client.metadata(MAX_METADATA).await.map_err(Failure::Metrics)?;
            let by_name = metadata.into_iter().map(|(name, told)| {
                // Programs may disagree; the first is as good as any.
                let first = told.into_iter().next().unwrap_or_default();
                let told =
                    json!({"type": first.metric_type, "help": first.help, "unit": first.unit});
                (name, told)
            });
            Ok(Value::Object(by_name.collect()))
        }
        _ => Err(Failure::NoSuchResource),
    }
}

/// The selector of the parameter `query`, as it is: PromQL knows more than profiles' selectors.
fn selectors(parameters: &Parameters) -> Vec<String> {
    let text = parameters.get("query").unwrap_or_default().trim();
    if text.is_empty() || text == "{}" { Vec::new() } else { vec![text.to_owned()] }
}
