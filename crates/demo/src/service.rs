//! One service: answers made-up requests, and emits a profile, traces, metrics and log lines of them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use pyroscope::backend::{BackendConfig, PprofConfig, pprof_backend};
use pyroscope::pyroscope::PyroscopeAgentBuilder;

use crate::Arguments;
use crate::latency::{ExemplarLabels, Latency};
use crate::log_lines::{LogIds, stream};
use crate::outbox::{LOKI, Outbox, ZIPKIN};
use crate::request_trace::RequestTrace;
use crate::scrape_target;

/// Looks so often a second at what runs. Prime, so that it does not beat with regular work.
const SAMPLE_RATE: u32 = 97;

/// Time between requests, so that all services together leave the machine usable.
const PAUSE: Duration = Duration::from_millis(350);

/// A service and what it can be asked for.
pub(crate) struct Service {
    /// Its name, which becomes the label `service_name`.
    pub(crate) name: &'static str,
    /// What can be asked for, in turn.
    pub(crate) routes: &'static [Route],
    /// What the profiler says of each sample, beside the service.
    pub(crate) profile_tags: &'static [(&'static str, &'static str)],
    /// How the exemplars of its metrics name their trace.
    pub(crate) exemplar_labels: ExemplarLabels,
    /// Where its log lines name their trace.
    pub(crate) log_ids: LogIds,
}

/// One thing that a service can be asked for.
pub(crate) struct Route {
    /// As in `POST /checkout`.
    pub(crate) name: &'static str,
    /// Does the work of one request; the number makes each a little different.
    pub(crate) handle: fn(u64) -> u64,
}

impl Service {
    /// Answers requests until the time is over.
    pub(crate) fn run(&self, arguments: &Arguments) -> Result<()> {
        let Arguments { server, duration, .. } = arguments;
        let latency = Arc::new(Mutex::new(Latency::new(self.name, self.exemplar_labels)));
        if let Some(folder) = &arguments.scrape_targets {
            let host = arguments.scrape_host.as_deref();
            scrape_target::serve(folder, host, self.name, Arc::clone(&latency))?;
        }
        let open = |taker, url: &Option<String>| {
            url.as_deref().map(|url| Outbox::open(taker, url)).transpose()
        };
        let traces = open(&ZIPKIN, &arguments.zipkin)?;
        let logs = open(&LOKI, &arguments.loki)?;
        let config = PprofConfig { sample_rate: SAMPLE_RATE };
        let backend = pprof_backend(config, BackendConfig::default());
        let version = env!("CARGO_PKG_VERSION");
        let agent = PyroscopeAgentBuilder::new(
            server,
            self.name,
            SAMPLE_RATE,
            "pyroscope-rs",
            version,
            backend,
        )
        .tags(self.profile_tags.to_vec())
        .build()
        .map_err(|error| anyhow!("setting up the profiler: {error}"))?;
        let running = agent.start().map_err(|error| anyhow!("starting the profiler: {error}"))?;
        let (add_tag, remove_tag) = running.tag_wrapper();
        let started = Instant::now();
        let mut request = 0_u64;
        while duration.is_none_or(|duration| started.elapsed() < duration) {
            let route = &self.routes[request as usize % self.routes.len()];
            let trace = RequestTrace::start();
            let ids = trace.ids;
            let tags = [
                ("span_id", ids.span()),
                ("trace_id", ids.trace()),
                ("span_name", route.name.to_owned()),
            ];
            for (name, value) in &tags {
                add_tag((*name).to_owned(), value.clone())
                    .map_err(|error| anyhow!("tagging: {error}"))?;
            }
            std::hint::black_box((route.handle)(request));
            let done = trace.end(self.name, route.name);
            for (name, value) in tags {
                remove_tag(name.to_owned(), value).map_err(|error| anyhow!("tagging: {error}"))?;
            }
            let mut latency = latency.lock().unwrap_or_else(PoisonError::into_inner);
            latency.observe(route.name, done.secs, ids, done.end_micros);
            drop(latency);
            if let Some(logs) = &logs {
                logs.put(vec![stream(self.name, self.log_ids, &done.spans)]);
            }
            if let Some(traces) = &traces {
                traces.put(done.spans);
            }
            request += 1;
            std::thread::sleep(PAUSE);
        }
        let ready = running.stop().map_err(|error| anyhow!("stopping the profiler: {error}"))?;
        ready.shutdown();
        Ok(())
    }
}
