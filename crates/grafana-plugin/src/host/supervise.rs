//! Watches a plugin process: forwards its log, kills it when told, tells when it is gone.

use std::collections::VecDeque;
use std::fmt;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::Child;
use tokio::sync::{mpsc, watch};
use tracing::Level;

use super::LogLine;

/// How many of the last log lines are kept to explain an exit.
const KEPT_LINES: usize = 20;
/// How long to wait, after an exit, for the end of the log.
/// It never ends while a grandchild holds the pipe.
const LOG_GRACE: Duration = Duration::from_millis(500);

/// A longer line becomes several. Unit: bytes.
const LONGEST_LINE: u64 = 1024 * 1024;

/// How a plugin process ended.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessExit {
    /// Exit status; absent where the system did not tell.
    pub status: Option<ExitStatus>,
    /// The last lines that it logged, oldest first.
    pub last_lines: Vec<LogLine>,
}

impl fmt::Display for ProcessExit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the plugin process ended")?;
        if let Some(status) = self.status {
            write!(formatter, " ({status})")?;
        }
        // The gravest line explains most; of equals the last.
        let worst = self.last_lines.iter().rev().min_by_key(|line| line.level);
        match worst {
            Some(line) => write!(formatter, "; it logged: {}", line.message),
            None => formatter.write_str("; it logged nothing"),
        }
    }
}

/// What happens to each line of the log.
pub(super) type OnLog = Arc<dyn Fn(&LogLine) + Send + Sync>;

/// A process under supervision.
pub(super) struct Supervised {
    /// Number that the system knows the process by.
    pub(super) id: Option<u32>,
    /// How the process ended; nothing while it runs.
    pub(super) exit: watch::Receiver<Option<ProcessExit>>,
    /// A message, or dropping this, kills the process.
    pub(super) kill: mpsc::Sender<()>,
    /// The first line on standard output.
    pub(super) first_line: tokio::sync::oneshot::Receiver<String>,
}

/// Takes over a process that was just started with piped output.
pub(super) fn supervise(mut child: Child, on_log: OnLog) -> Supervised {
    let (exit_sender, exit) = watch::channel(None);
    let (kill, mut killed) = mpsc::channel(1);
    let (line_sender, first_line) = tokio::sync::oneshot::channel();
    let kept = Arc::new(Mutex::new(VecDeque::with_capacity(KEPT_LINES)));
    let id = child.id();
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();

    let log = {
        let kept = Arc::clone(&kept);
        tokio::spawn(async move {
            let Some(stderr) = stderr else { return };
            read_lines(stderr, |line| {
                let line = LogLine::parse(line);
                on_log(&line);
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() == KEPT_LINES {
                    kept.pop_front();
                }
                kept.push_back(line);
            })
            .await;
        })
    };
    tokio::spawn(async move {
        let Some(stdout) = stdout else { return };
        let mut line_sender = Some(line_sender);
        // Read on after the first line, or the plugin would block on a full pipe.
        read_lines(stdout, |line| match line_sender.take() {
            Some(sender) => {
                // Nobody waits for it any more: the start was given up.
                let _ = sender.send(line.to_owned());
            }
            None => tracing::debug!(line, "a plugin wrote to standard output"),
        })
        .await;
    });
    tokio::spawn(async move {
        let status = tokio::select! {
            status = child.wait() => status,
            _ = killed.recv() => match child.kill().await {
                Ok(()) => child.wait().await,
                Err(error) => Err(error),
            },
        };
        let _ = tokio::time::timeout(LOG_GRACE, log).await;
        let last_lines = kept.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect();
        exit_sender.send_replace(Some(ProcessExit { status: status.ok(), last_lines }));
    });
    Supervised { id, exit, kill, first_line }
}

/// Lines of text; what is not UTF-8 is replaced. Cost: memory for [`LONGEST_LINE`], whatever is written.
async fn read_lines(pipe: impl AsyncRead + Unpin, mut on_line: impl FnMut(&str)) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    while let Ok(length) = (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line).await {
        if length == 0 {
            return;
        }
        on_line(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
}

/// Logs a line at its own level, under the plugin's name.
pub(super) fn repeat_in_our_log(plugin: String) -> OnLog {
    Arc::new(move |line| {
        if tracing::level_filters::LevelFilter::current() >= line.level
            || line.level == Level::ERROR
        {
            line.repeat(&plugin);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_without_end_is_taken_in_pieces() {
        let longest = LONGEST_LINE as usize;
        let text = [vec![b'x'; 2 * longest + 5], b"\nnext\n".to_vec()].concat();
        let mut lengths = Vec::new();
        read_lines(text.as_slice(), |line| lengths.push(line.len())).await;
        assert_eq!(lengths, [longest, longest, 5, 4]);
    }
}
