//! The command line: what can be asked, in one table. Does nothing itself.

use std::{ffi::OsString, path::PathBuf};

use clap::{
    Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, error::ErrorKind,
    parser::ValueSource,
};
use parvis_model::account::Role;

use crate::exit::EXIT_CODES;

/// A town's own social network.
#[derive(Debug, Parser)]
#[command(name = "parvis", version, about, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    /// The town a command is about, where there are several
    #[arg(long, global = true, env = "PARVIS_TOWN", value_name = "HOST")]
    pub town: Option<String>,

    /// The settings file [default: ./parvis.toml, where it exists]
    #[arg(long, global = true, env = "PARVIS_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// The line this process was started with; where it is wrong, the process ends.
    pub fn read() -> Self {
        Self::of(std::env::args_os()).unwrap_or_else(|wrong| wrong.exit())
    }

    fn of(line: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut table = Self::command();
        let words = table.try_get_matches_from_mut(line)?;
        let cli = Self::from_arg_matches(&words)?;
        // Who has it in the environment means other commands.
        let typed = words.value_source("town") == Some(ValueSource::CommandLine);
        if typed && !cli.command.is_about_one_town() {
            let why = "--town means nothing to this command, which is not about one town alone";
            return Err(table.error(ErrorKind::ArgumentConflict, why));
        }
        Ok(cli)
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve every town of this installation: pages, apps and other towns' servers
    Serve,
    /// Run the background work (deliveries, notifications) in a process of its own
    Worker,
    /// Two neighbouring towns with people and posts on this computer, to look around in
    Demo(Demo),
    /// Bring the databases up to date, or with --town that of one; they are created where needed
    Migrate,
    /// Look at the settings
    #[command(subcommand)]
    Config(Config),
    /// Found a town, or list those there are
    #[command(subcommand)]
    Town(Town),
    /// Residents' accounts
    #[command(subcommand)]
    Account(Account),
    /// Keys for programs that act for a resident
    #[command(subcommand)]
    Token(Token),
    /// Servers of other towns that this town wants nothing to do with
    #[command(subcommand)]
    Server(Server),
    /// What the town tells all its residents
    #[command(subcommand)]
    Announcement(Announcement),
    /// Letters by e-mail
    #[command(subcommand)]
    Letter(Letter),
    /// Write a town's database and media to one file; the town may go on running
    Backup {
        /// A new tar file
        file: PathBuf,
    },
    /// Put a backup into an installation that does not have this town yet
    Restore {
        /// A file written by `parvis backup`
        file: PathBuf,
    },
}

impl Command {
    fn is_about_one_town(&self) -> bool {
        match self {
            Self::Serve
            | Self::Worker
            | Self::Demo(_)
            | Self::Config(_)
            | Self::Town(_)
            | Self::Restore { .. } => false,
            Self::Migrate
            | Self::Account(_)
            | Self::Token(_)
            | Self::Server(_)
            | Self::Announcement(_)
            | Self::Letter(_)
            | Self::Backup { .. } => true,
        }
    }
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Throw away what was done in the demo and begin anew
    #[arg(long)]
    pub reset: bool,
}

#[derive(Debug, Subcommand)]
pub enum Config {
    /// Say what is wrong and where, or that all is well
    Check,
    /// Show every value and where it comes from; secrets are masked
    Print,
}

#[derive(Debug, Subcommand)]
pub enum Town {
    /// Found a town in a folder of its own; a running server takes it up by itself
    Create {
        /// Its host, for good: other servers know the town by it
        host: String,
        /// A database elsewhere than in the town's folder
        #[arg(long, value_name = "URL")]
        database_url: Option<String>,
    },
    /// The towns of this installation and where their data are
    List,
}

#[derive(Debug, Subcommand)]
pub enum Account {
    /// Open an account; prints a generated password unless one is given
    Create(NewAccount),
    /// Every login of the town
    List,
    /// Keep someone out; what they wrote is hidden
    Suspend {
        /// Whom
        name: String,
    },
    /// Let someone in again
    Unsuspend {
        /// Whom
        name: String,
    },
    /// Remove an account for good, with all it wrote; the name is never given again
    Delete {
        /// Whose
        name: String,
        /// Do it, without being asked
        #[arg(long)]
        yes: bool,
    },
    /// Give a new password and end every session; prints a generated one unless one is given
    ResetPassword {
        /// Whose
        name: String,
        #[command(flatten)]
        password: Password,
    },
    /// Ask someone for the password alone again, who has lost the phone and the codes of a two-step log-in
    TwoStepOff {
        /// Whom
        name: String,
    },
    /// Leave for another account, which must name this one among its own first; followers come along
    Move {
        /// The account that is left
        name: String,
        /// Handle of the new account: @name@server
        target: String,
    },
    /// Say that an account elsewhere is the same person's, so that it may move here
    Alias {
        /// The account of this town
        name: String,
        /// Whether it is said, or said no longer
        what: AliasChange,
        /// Handle of the other account: @name@server
        handle: String,
    },
    /// Let someone look after a group, or no longer
    Moderator {
        /// The group
        name: String,
        /// Whether they look after it, or no longer
        what: AliasChange,
        /// A resident
        resident: String,
    },
    /// Say who may write in a group: everybody, or only those who look after it
    Posting {
        /// The group
        name: String,
        /// Who may
        who: Posting,
    },
    /// Change what someone may do
    SetRole {
        /// Whose
        name: String,
        /// What they are from now on
        #[arg(value_parser = role, value_name = ROLES)]
        role: Role,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum AliasChange {
    Add,
    Remove,
}

/// Who may write in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Posting {
    Everyone,
    Moderators,
}

#[derive(Debug, Args)]
pub struct NewAccount {
    /// Letters, digits and underscores
    pub name: String,
    /// Not needed: many residents have none
    #[arg(long)]
    pub email: Option<String>,
    /// What the account may do
    #[arg(long, value_parser = role, default_value = "resident", value_name = ROLES)]
    pub role: Role,
    /// An association: what members write to it goes to everyone who follows it
    #[arg(long)]
    pub group: bool,
    /// A resident who looks after the group
    #[arg(long, requires = "group", value_name = "RESIDENT")]
    pub owner: Option<String>,
    #[command(flatten)]
    pub password: Password,
}

#[derive(Debug, Args)]
pub struct Password {
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub enum Server {
    /// Take nothing from a server and send nothing there; those below its name are meant, too
    Block {
        /// Its name, such as loin.example
        host: String,
    },
    /// Speak with a server again
    Unblock {
        /// Its name, as it was blocked
        host: String,
    },
    /// Those that are blocked
    List,
}

#[derive(Debug, Subcommand)]
pub enum Announcement {
    /// Tell all residents something, above their home and in their apps; prints its number
    Publish {
        /// What is told
        text: String,
        /// When what it is about begins: a day such as 2027-07-14 or a moment such as 2027-07-14T20:30
        #[arg(long, value_name = "WHEN")]
        starts: Option<String>,
        /// When it ends; the announcement is shown no longer then
        #[arg(long, value_name = "WHEN")]
        ends: Option<String>,
    },
    /// All announcements: number, when published, beginning, end, first line
    List,
    /// Take one off
    Remove {
        /// As `list` shows it
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Letter {
    /// Send one short letter now, and say whether the mail server took it or why not
    Test {
        /// To whom, such as marie@courriel.example
        address: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Print a new bearer token, and nothing else, on standard output
    Create {
        /// The account it acts for
        name: String,
        /// Separated by spaces
        #[arg(long, default_value = "read write follow push")]
        scopes: String,
    },
}

const ROLES: &str = "resident|moderator|admin";

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| format!("expected one of {ROLES}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_commands_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_town_may_stand_before_or_after_the_command() {
        for line in [
            ["parvis", "--town", "a.example", "account", "list"],
            ["parvis", "account", "list", "--town", "a.example"],
        ] {
            assert_eq!(
                Cli::try_parse_from(line).unwrap().town.as_deref(),
                Some("a.example")
            );
        }
    }

    #[test]
    fn a_town_is_named_only_where_it_means_something() {
        fn read(line: &str) -> Result<Cli, clap::Error> {
            Cli::of(line.split(' ').map(OsString::from))
        }
        for line in ["migrate", "account list", "server list", "backup x.tar"] {
            let line = format!("parvis --town a.example {line}");
            assert_eq!(read(&line).unwrap().town.as_deref(), Some("a.example"));
        }
        for line in [
            "serve",
            "worker",
            "demo",
            "config check",
            "town list",
            "restore x.tar",
        ] {
            for line in [
                format!("parvis {line} --town a.example"),
                format!("parvis --town a.example {line}"),
            ] {
                assert_eq!(read(&line).unwrap_err().exit_code(), 2, "{line}");
            }
            assert!(read(&format!("parvis {line}")).is_ok(), "{line}");
        }
    }

    #[test]
    fn every_command_says_what_it_is_for() {
        fn check(command: &clap::Command) {
            for argument in command.get_arguments() {
                let of = (command.get_name(), argument.get_id());
                assert!(argument.get_help().is_some(), "{of:?}");
            }
            for inner in command
                .get_subcommands()
                .filter(|inner| inner.get_name() != "help")
            {
                assert!(inner.get_about().is_some(), "{}", inner.get_name());
                check(inner);
            }
        }
        check(&Cli::command());
    }
}
