//! A server on loopback that answers each path as it is told, and notes what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use datasource::Fireline;
use grafana_plugin::{DatasourceSettings, PluginContext, RequestContext};

/// What is answered to one path.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: Vec<u8>,
    /// How many bytes of the body are sent before the connection is cut; all unless set.
    pub(crate) cut_after: Option<usize>,
}

impl Answer {
    pub(crate) fn proto(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            headers: vec![("Content-Type", "application/proto")],
            body,
            cut_after: None,
        }
    }

    pub(crate) fn proto_gzip(body: Vec<u8>) -> Self {
        let mut answer = Self::proto(body);
        answer.headers.push(("Content-Encoding", "gzip"));
        answer
    }

    pub(crate) fn json(body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type", "application/json")];
        Self { status: 200, headers, body: body.into(), cut_after: None }
    }

    pub(crate) fn error(status: u16, content_type: &'static str, body: &str) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", content_type)],
            body: body.into(),
            cut_after: None,
        }
    }
}

/// What was asked: path, headers in lower case, body.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct PlayedServer {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl PlayedServer {
    /// Answers a path that ends in a key with its value, and any other with 404.
    pub(crate) fn start(answers: &[(&str, Answer)]) -> Self {
        let answers: Vec<(String, Answer)> =
            answers.iter().map(|(path, answer)| ((*path).to_owned(), answer.clone())).collect();
        Self::with(move |asked| {
            let found = answers.iter().find(|(path, _)| asked.path.ends_with(path.as_str()));
            found.map_or_else(
                || Answer::error(404, "text/plain", "not found"),
                |(_, answer)| answer.clone(),
            )
        })
    }

    pub(crate) fn with(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (noted, answer) = (Arc::clone(&noted), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, &noted, &*answer));
            }
        });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// What was asked of one RPC.
    pub(crate) fn asked_of(&self, rpc: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.path.ends_with(rpc)).collect()
    }
}

fn serve(mut stream: TcpStream, noted: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked) -> Answer) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let path = first.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let asked = Asked { path, headers, body };
    let Answer { status, headers, body, cut_after } = answer(&asked);
    noted.lock().unwrap().push(asked);
    let mut head =
        format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let sent = &body[..cut_after.unwrap_or(body.len())];
    // The client may have gone away already; that is its right.
    let _ = stream.write_all(format!("{head}\r\n").as_bytes());
    let _ = stream.write_all(sent);
}

/// A call about a datasource with this URL and these settings.
pub(crate) fn call(url: &str, json_data: &serde_json::Value) -> RequestContext {
    call_with_secrets(url, json_data, &[])
}

pub(crate) fn call_with_secrets(
    url: &str,
    json_data: &serde_json::Value,
    secrets: &[(&str, &str)],
) -> RequestContext {
    let secrets: BTreeMap<String, String> =
        secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let datasource = DatasourceSettings {
        uid: "fireline".to_owned(),
        url: url.to_owned(),
        json_data: json_data.to_string().into(),
        secrets: secrets.into(),
        updated_millis: 1,
        ..DatasourceSettings::default()
    };
    RequestContext {
        plugin: PluginContext {
            org_id: 1,
            datasource: Some(datasource),
            ..PluginContext::default()
        },
        ..RequestContext::default()
    }
}

/// The window of the recordings.
pub(crate) const FROM_MILLIS: i64 = 1_795_240_170_000;
pub(crate) const TO_MILLIS: i64 = 1_795_240_290_000;

/// A query with this JSON over the window of the recordings.
pub(crate) fn query(json: &serde_json::Value) -> grafana_plugin::Query {
    grafana_plugin::Query {
        ref_id: "A".to_owned(),
        query_type: json["queryType"].as_str().unwrap_or_default().to_owned(),
        max_data_points: 500,
        interval_millis: 15_000,
        from_millis: FROM_MILLIS,
        to_millis: TO_MILLIS,
        json: json.to_string().into(),
    }
}

pub(crate) async fn ask(
    ctx: &RequestContext,
    json: &serde_json::Value,
) -> grafana_plugin::QueryResult {
    grafana_plugin::DataHandler::query(&Fireline::default(), ctx, query(json)).await
}
