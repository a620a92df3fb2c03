//! The program: reads settings and command line, and hands on. What people can do is written in `parvis_town`.
#![warn(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "`output` bears that nobody reads it"
)]

mod announcements;
mod backup;
mod bucket;
mod cli;
mod config;
mod demo;
mod early;
mod exit;
mod front;
mod health;
mod installation;
mod keys;
mod letters;
mod mail;
mod metrics;
mod node;
mod output;
mod patient;
mod public_url;
mod residents;
mod serve;
mod server;
mod servers;
mod settings;
mod site;
mod strict;
mod telemetry;
mod towns;
mod unread;
mod worker;

use std::process::ExitCode;

use crate::{
    cli::{Cli, Command, Config, Token, Town},
    exit::{Done, Stop},
    settings::Sources,
    telemetry::Voice,
};

fn main() -> ExitCode {
    match run(Cli::read()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            output::remark(format_args!("parvis: {stop}"));
            stop.code()
        }
    }
}

fn run(cli: Cli) -> Done {
    let settings = Sources::of_process(cli.config)
        .read()
        .map_err(|problems| Stop::wrong(problems.to_string()))?;
    let voice = match cli.command {
        Command::Serve | Command::Worker => Voice::Server,
        _ => Voice::Quiet,
    };
    telemetry::start(&settings, voice);
    let town = cli.town.as_deref();
    serve::to_the_end(serve::runtime()?, async {
        match cli.command {
            Command::Serve => serve::run(settings).await,
            Command::Worker => serve::work(settings).await,
            Command::Demo(asked) => demo::run(settings, asked.reset).await,
            Command::Migrate => towns::migrate(&settings, town).await,
            Command::Config(Config::Check) => config::check(&settings),
            Command::Config(Config::Print) => config::print(&settings),
            Command::Town(Town::Create { host, database_url }) => {
                towns::create(&settings, &host, database_url.as_deref()).await
            }
            Command::Town(Town::List) => towns::list(&settings),
            Command::Account(asked) => residents::run(&settings, town, asked).await,
            Command::Server(asked) => servers::run(&settings, town, asked).await,
            Command::Announcement(asked) => announcements::run(&settings, town, asked).await,
            Command::Letter(asked) => letters::trial::run(&settings, town, asked).await,
            Command::Token(Token::Create { name, scopes }) => {
                residents::create_token(&settings, town, &name, &scopes).await
            }
            Command::Backup { file } => {
                let places = installation::places(&settings)?;
                backup::save(&installation::chosen(places, town)?, &file).await
            }
            Command::Restore { file } => backup::restore(&settings, &file).await,
        }
    })
}
