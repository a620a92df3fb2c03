//! A town of the real program, started for one test on a throwaway folder (and, where `PARVIS_TEST_POSTGRES` names a
//! server, a throwaway database there).

use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt, sync::Arc};

use http::{HeaderMap, Method};
use url::Url;

use crate::{
    browser::Browser,
    database::Database,
    empty,
    exchange::{self, Reply},
    line::Line,
    patience::eventually,
    program::{self, Program, Run},
    resident::Resident,
};

/// Long enough for every rule.
pub const PASSWORD: &str = "le vieux pont de bois";

pub struct TestTown {
    /// `valmont.localhost:12345`
    pub host: String,
    /// `http://valmont.localhost:12345`
    pub origin: String,
    pub program: Arc<Program>,
    /// There are several on this program, so commands must say which.
    among_others: bool,
    database: Option<Database>,
}

impl TestTown {
    /// A town of its own process, ready.
    pub async fn start(name: &str) -> Self {
        Self::start_with(name, &[]).await
    }

    /// With settings beside the usual ones, which they may replace.
    pub async fn start_with(name: &str, settings: &[(&str, &str)]) -> Self {
        let town = Self::prepare(name, settings);
        town.give_empty_tables();
        town.program.start().await;
        town
    }

    /// Spares a town on SQLite the making of its tables.
    fn give_empty_tables(&self) {
        if let Some(file) = self.sqlite_file() {
            let folder = file.parent().unwrap();
            DirBuilder::new().mode(0o700).create(folder).unwrap();
            std::fs::write(file, empty::sqlite()).unwrap();
        }
    }

    /// A town whose database server is at the other end of a line; `None` where the tests run on SQLite.
    pub async fn start_at_a_line(name: &str) -> Option<(Self, Line)> {
        let database = Database::on_postgres()?;
        let mut near = Url::parse(&database.url).unwrap();
        let far = near.socket_addrs(|| Some(5432)).unwrap();
        let line = Line::to(far[0].to_string()).await;
        near.set_host(Some("127.0.0.1")).unwrap();
        near.set_port(Some(line.port)).unwrap();
        let settings = [("PARVIS_DATABASE_URL", near.as_str())];
        let town = Self::settle(name, Some(database), &settings);
        town.program.start().await;
        Some((town, line))
    }

    /// Everything settled, nothing started.
    pub fn prepare(name: &str, settings: &[(&str, &str)]) -> Self {
        Self::settle(name, Database::on_postgres(), settings)
    }

    fn settle(name: &str, database: Option<Database>, settings: &[(&str, &str)]) -> Self {
        let port = program::port();
        let host = format!("{name}.localhost:{port}");
        let origin = format!("http://{host}");
        let mut all = vec![("PARVIS_PUBLIC_URL", origin.as_str())];
        all.extend(
            database
                .as_ref()
                .map(|database| ("PARVIS_DATABASE_URL", database.url.as_str())),
        );
        all.extend(settings);
        let program = Arc::new(Program::new(port, &all));
        Self {
            host,
            origin,
            program,
            among_others: false,
            database,
        }
    }

    /// Founds one of several towns of a program, by the command line.
    pub async fn create_in(program: &Arc<Program>, name: &str) -> Self {
        let town = Self::among_others(program, name, Database::on_postgres());
        let mut arguments = vec!["town", "create", &town.host];
        if let Some(database) = &town.database {
            arguments.extend(["--database-url", &database.url]);
        }
        program.cli(&arguments).await.succeeding();
        town
    }

    /// A town of `parvis demo`, which founds its towns itself, each on a file.
    pub fn of_demo(program: &Arc<Program>, name: &str) -> Self {
        Self::among_others(program, name, None)
    }

    fn among_others(program: &Arc<Program>, name: &str, database: Option<Database>) -> Self {
        let host = format!("{name}.localhost:{}", program.port);
        Self {
            origin: format!("http://{host}"),
            host,
            program: program.clone(),
            among_others: true,
            database,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The name without port, as chosen by the test.
    pub fn name(&self) -> &str {
        self.host.split('.').next().unwrap()
    }

    fn arguments<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        let which = if self.among_others {
            vec!["--town", self.host.as_str()]
        } else {
            Vec::new()
        };
        which.into_iter().chain(arguments.iter().copied()).collect()
    }

    pub async fn cli(&self, arguments: &[&str]) -> Run {
        self.program.cli(&self.arguments(arguments)).await
    }

    pub async fn cli_with_input(&self, arguments: &[&str], input: &str) -> Run {
        self.program
            .cli_with_input(&self.arguments(arguments), input)
            .await
    }

    /// A resident with a bearer token for everything.
    pub async fn resident(&self, name: &str) -> Resident {
        self.resident_as(name, "resident").await
    }

    pub async fn resident_as(&self, name: &str, role: &str) -> Resident {
        let email = format!("{name}@courriel.example");
        let create = [
            "account",
            "create",
            name,
            "--email",
            &email,
            "--role",
            role,
            "--password-stdin",
        ];
        self.cli_with_input(&create, &format!("{PASSWORD}\n"))
            .await
            .succeeding();
        self.resident_known(name).await
    }

    /// An association's group, in the hands of a resident.
    pub async fn association(&self, name: &str, owner: &str) -> Resident {
        let create = [
            "account",
            "create",
            name,
            "--group",
            "--owner",
            owner,
            "--password-stdin",
        ];
        self.cli_with_input(&create, &format!("{PASSWORD}\n"))
            .await
            .succeeding();
        self.resident_known(name).await
    }

    /// Someone who has an account already.
    pub async fn resident_known(&self, name: &str) -> Resident {
        let issue = [
            "token",
            "create",
            name,
            "--scopes",
            "read write follow push",
        ];
        let token = self.cli(&issue).await.succeeding().stdout.trim().to_owned();
        Resident::enter(&self.origin, &self.host, name, &token).await
    }

    /// Someone with an empty cookie jar before the front page.
    pub fn visitor(&self) -> Browser {
        Browser::new(&self.origin)
    }

    /// A browser in which `name` has logged in.
    pub async fn browser_of(&self, name: &str) -> Browser {
        let mut browser = self.visitor();
        browser.logs_in(name, PASSWORD).await;
        browser
    }

    /// The one-time link for the first administrator, as the program printed it.
    pub fn first_steps(&self) -> Option<String> {
        let log = self.program.log();
        let start = log.find(&format!("{}/bienvenue", self.origin))?;
        let link = log[start..].split_whitespace().next()?;
        link.strip_prefix(&self.origin).map(str::to_owned)
    }

    /// Makes the town ready for residents, as its first administrator (`maire`) does on the page behind the printed link.
    /// `registration`: open, approval, invitation or closed. The answer is the administrator's browser.
    pub async fn set_up(&self, registration: &str) -> Browser {
        let mut browser = self.visitor();
        let link = eventually(
            "the link for the first administrator is printed",
            || async { self.first_steps() },
        )
        .await;
        let page = browser.opens(&link).await.expecting(200);
        let form = page
            .form("/bienvenue")
            .with("town_name", "Valmont-sur-Loue")
            .with("rules", "On se parle poliment.\nOn ne vend rien.")
            .with("registration", registration)
            .with("name", "maire")
            .with("password", PASSWORD);
        let shown = browser.submits(&page, &form).await;
        assert!(
            shown.status == 200,
            "{}: {} {}",
            shown.path,
            shown.status,
            shown.html
        );
        if browser.opens("/mairie/reglages").await.status != 200 {
            browser.logs_in("maire", PASSWORD).await;
        }
        browser
    }

    pub async fn get(&self, path: &str) -> Reply {
        exchange::get(&self.url(path)).await
    }

    pub async fn get_document(&self, path: &str) -> Reply {
        exchange::get_document(&self.url(path)).await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Reply {
        exchange::send(method, &self.url(path), headers, body).await
    }

    /// Where this town keeps everything in one file.
    pub fn sqlite_file(&self) -> Option<std::path::PathBuf> {
        let file = self.program.folder.path().join("data/parvis.sqlite");
        self.database.is_none().then_some(file)
    }

    /// Where the town keeps its data, for tests that must reach behind its back. Not for towns that share a process.
    pub fn database_url(&self) -> String {
        if let Some(database) = &self.database {
            return database.url.clone();
        }
        let file = self.program.folder.path().join("data/parvis.sqlite");
        format!("sqlite://{}", file.display())
    }

    pub fn shared_inbox(&self) -> String {
        self.url("/ap/inbox")
    }

    pub fn kill9(&self) {
        self.program.kill9();
    }

    pub async fn restart(&self) {
        self.program.start().await;
    }

    pub async fn stop(&self) -> (Option<i32>, std::time::Duration) {
        self.program.stop().await
    }
}
