//! What the program writes down about its own running: a warning where it is left open, one object per line where a machine is
//! to read it.

use parvis_testkit::{TestTown, eventually};
use serde_json::Value;

const WARNING: &str = "limits.rate is off";

/// The lines written after `start` bytes, once the request for `route` is among them.
async fn lines_with(town: &TestTown, start: usize, route: &str) -> Vec<String> {
    let quoted = format!("\"{route}\"");
    eventually("the request is in the log", || async {
        let log = town.program.log();
        // A line may have been half written at that moment.
        let start = log.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        let since = log.get(start..)?;
        let whole = since.contains(&quoted) && since.ends_with('\n');
        whole.then(|| since.lines().map(str::to_owned).collect())
    })
    .await
}

#[tokio::test]
async fn a_town_without_rate_limits_warns_of_it_when_it_starts() {
    for (rate, warned) in [("off", true), ("on", false)] {
        let town = TestTown::start_with("valmont", &[("PARVIS_LIMITS__RATE", rate)]).await;
        let log = town.program.log();
        let warning = log.lines().find(|line| line.contains(WARNING));
        assert_eq!(warning.is_some(), warned, "{rate}: {log}");
        assert!(warning.is_none_or(|line| line.contains("WARN")), "{log}");
    }
}

#[tokio::test]
async fn a_log_for_machines_holds_one_object_per_line() {
    let town = TestTown::start_with("valmont", &[("PARVIS_LOG__FORMAT", "json")]).await;
    // What a server says of its towns on standard output lies in the same file, and is said before it is ready.
    let log = town.program.log();
    let objects = log.lines().filter(|line| line.starts_with('{'));
    let mut at_start = objects.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let is_warning = |line: &Value| {
        let said = line["message"].as_str().unwrap_or_default();
        line["level"] == "WARN" && said.contains(WARNING)
    };
    assert!(at_start.any(|line| is_warning(&line)), "{log}");

    town.get("/a-propos").await.expecting(200);
    let lines = lines_with(&town, log.len(), "/a-propos").await;
    let mut told = 0;
    for line in lines {
        let object: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(
            object["timestamp"].is_string() && object["level"].is_string(),
            "{line}"
        );
        if object["message"] == "answered" && object["route"] == "/a-propos" {
            assert_eq!(object["status"], 200, "{line}");
            assert_eq!(object["town"], town.host, "{line}");
            told += 1;
        }
    }
    assert_eq!(told, 1, "one line for the request");
}
