//! What must hold of label names, label values, label sets and profile types.

use std::collections::BTreeSet;

use query::{Labels, ProfileSource};

use crate::failure::{Outcome, expect, expect_equal};
use crate::label_selection::of_nothing;
use crate::subject::Subject;

pub(crate) async fn sorted(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let request = subject.metadata();
    let types = source.profile_types(&request).await?;
    expect(types.is_sorted_by(|a, b| a < b), || format!("profile types {types:?}"))?;
    expect(types.contains(&subject.profile_type), || {
        format!("the profile types are {types:?}, expected {} among them", subject.profile_type)
    })?;
    let names = source.label_names(&request).await?;
    expect(names.is_sorted_by(|a, b| a < b), || format!("label names {names:?}"))?;
    for name in &names {
        let values = source.label_values(name, &request).await?;
        expect(values.is_sorted_by(|a, b| a < b), || format!("values of {name:?}: {values:?}"))?;
        expect(!values.is_empty(), || format!("label {name:?} has no value"))?;
    }
    Ok(())
}

pub(crate) async fn agree(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let request = subject.metadata();
    let sets = source.label_sets(&[], &request).await?;
    let labels: BTreeSet<(String, String)> = sets.iter().flatten().cloned().collect();
    let names: BTreeSet<String> = labels.iter().map(|(name, _)| name.clone()).collect();
    let found = source.label_names(&request).await?;
    expect_equal("label names", &found, &names.iter().cloned().collect::<Vec<_>>())?;
    for name in &names {
        let of_name = labels.iter().filter(|label| label.0 == *name);
        let values: Vec<String> = of_name.map(|(_, value)| value.clone()).collect();
        let found = source.label_values(name, &request).await?;
        expect_equal(&format!("values of label {name:?}"), &found, &values)?;

        let cut: BTreeSet<Labels> = source
            .label_sets(std::slice::from_ref(name), &request)
            .await?
            .into_iter()
            .filter(|labels| !labels.is_empty())
            .collect();
        let expected = values.iter().map(|value| vec![(name.clone(), value.clone())]).collect();
        expect_equal(&format!("label sets cut to {name:?}"), &cut, &expected)?;
    }
    Ok(())
}

pub(crate) async fn nothing(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let mut request = subject.metadata();
    request.selectors = vec![of_nothing(&subject.selector)];
    expect_equal("profile types", &source.profile_types(&request).await?, &vec![])?;
    expect_equal("label names", &source.label_names(&request).await?, &vec![])?;
    expect_equal("values", &source.label_values("service_name", &request).await?, &vec![])?;
    expect_equal("label sets", &source.label_sets(&[], &request).await?, &vec![])
}

pub(crate) async fn stats(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let stats = source.stats().await?;
    if !subject.stats_are_prompt {
        return Ok(());
    }
    let overlaps = stats.oldest_profile_millis <= subject.window.end_millis
        && stats.newest_profile_millis >= subject.window.start_millis;
    expect(stats.data_ingested && overlaps, || format!("{stats:?} for {:?}", subject.window))
}
