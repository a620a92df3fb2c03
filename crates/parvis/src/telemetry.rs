//! What the program says about its own running, on standard error. Knows no towns.

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, Settings};

/// What a command says when the settings name no level.
#[derive(Clone, Copy, Debug)]
pub enum Voice {
    /// A server: one line per request.
    Server,
    /// A command with output of its own: only what goes wrong.
    Quiet,
}

pub fn start(settings: &Settings, voice: Voice) {
    let usual = match voice {
        // The migrator announces itself at every start, and PostgreSQL that its tables are there already.
        Voice::Server => "info,sea_orm_migration=warn,sqlx::postgres::notice=warn",
        Voice::Quiet => "warn",
    };
    let level = settings.log.level.as_deref().unwrap_or(usual);
    // The settings accept only what EnvFilter understands.
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A log that cannot be written, say on a full disk, must not bring down what it tells of.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match settings.log.format {
        LogFormat::Text => lines.with_ansi(is_terminal()).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}

/// Said by whatever answers requests.
pub fn warn_of_dangers(settings: &Settings) {
    if !settings.limits.rate {
        tracing::warn!("limits.rate is off: log-ins and sign-ups can be tried without end");
    }
    if !settings.federation.allow_private_networks.is_empty() {
        tracing::warn!(
            networks = ?settings.federation.allow_private_networks,
            "other servers may point us at these private networks"
        );
    }
}

fn is_terminal() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stderr())
}
