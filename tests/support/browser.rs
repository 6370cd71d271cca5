//! A headless Chromium of a test's own, driven through `chromedriver`.

use std::fs::{self, File};
use std::future::Future;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::{CmdError, NewSessionError};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

pub use fantoccini::key::Key;

/// How long a test waits for what it expects of a page.
const PATIENCE: Duration = Duration::from_secs(10);

/// One window, with an empty profile. It ends, with all that it has started, when it is dropped, and when the test's process
/// ends in whichever way.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    _driver: Driver,
}

impl Browser {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// If `chromedriver` or `chromium` is missing, or does not start.
    pub async fn start() -> Self {
        let driver = Driver::start();
        let address = format!("http://127.0.0.1:{}", driver.port().await);
        match session(&address, &driver.directory).await {
            Ok(client) => Self { client, _driver: driver },
            Err(error) => panic!(
                "chromium does not start; where it is missing, install it, with `sudo apt-get install chromium`: {error}"
            ),
        }
    }

    /// Opens a page, and returns when it is loaded.
    ///
    /// # Panics
    ///
    /// If there is none: a status that is no success is a page as well.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Opens the same page anew.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page again");
    }

    /// Makes the window so many pixels wide and high.
    ///
    /// # Panics
    ///
    /// If the browser does not.
    pub async fn size(&self, width: u32, height: u32) {
        self.metrics(width, height, false).await;
    }

    /// Makes the window a phone's of 390 by 844 pixels: a page that does not say how wide it is to be is shrunk.
    ///
    /// # Panics
    ///
    /// If the browser does not.
    pub async fn phone(&self) {
        self.metrics(390, 844, true).await;
    }

    /// Has a feature of the medium: `("prefers-color-scheme", "dark")`, and no other that was had before.
    ///
    /// # Panics
    ///
    /// If the browser does not.
    pub async fn prefer(&self, feature: &str, value: &str) {
        let features = json!([{ "name": feature, "value": value }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Runs no script of the pages that are opened from now on.
    ///
    /// # Panics
    ///
    /// If the browser does not.
    pub async fn without_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    }

    /// Clicks on the first element there is.
    ///
    /// # Panics
    ///
    /// If none comes, or it cannot be clicked: something covers it.
    pub async fn click(&self, selector: &str) {
        let clicked = self.element(selector).await.click().await;
        clicked.unwrap_or_else(|error| panic!("{selector:?} cannot be clicked: {error}"));
    }

    /// Presses keys, wherever the focus is: text, and any [`Key`].
    ///
    /// # Panics
    ///
    /// If what has the focus takes none.
    pub async fn keys(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("what has the focus");
        focused.send_keys(keys).await.unwrap_or_else(|error| panic!("keys {keys:?}: {error}"));
    }

    /// What the first element there is shows.
    ///
    /// # Panics
    ///
    /// If none comes.
    pub async fn text(&self, selector: &str) -> String {
        let text = self.element(selector).await.text().await;
        text.unwrap_or_else(|error| panic!("the text of {selector:?}: {error}"))
    }

    /// The value of an expression in JavaScript.
    ///
    /// # Panics
    ///
    /// If it throws.
    pub async fn value(&self, expression: &str) -> Value {
        self.evaluate(expression).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression in JavaScript is true.
    ///
    /// # Panics
    ///
    /// If that does not come.
    pub async fn until(&self, expression: &str) {
        let is_true = async || match self.evaluate(expression).await {
            Ok(Value::Bool(true)) => Ok(()),
            Ok(value) => Err(format!("it is {value}")),
            Err(error) => Err(error.to_string()),
        };
        self.wait(expression, is_true).await;
    }

    /// Waits until an element shows the text, among others.
    ///
    /// # Panics
    ///
    /// If that does not come.
    pub async fn shows(&self, selector: &str, text: &str) {
        let is_shown = async || {
            let mut shown = Vec::new();
            let elements = self.client.find_all(Locator::Css(selector)).await;
            for element in elements.map_err(|error| error.to_string())? {
                // Between the two it may have been replaced.
                shown.extend(element.text().await.ok());
            }
            if shown.iter().any(|shown| shown.contains(text)) {
                return Ok(());
            }
            Err(format!("{} of them, with {shown:?}", shown.len()))
        };
        self.wait(&format!("{selector:?} with {text:?}"), is_shown).await;
    }

    /// Writes what the window shows to a file, as a PNG.
    ///
    /// # Panics
    ///
    /// If the file cannot be written.
    pub async fn screenshot(&self, path: &Path) {
        let picture = self.client.screenshot().await.expect("a picture of the page");
        fs::write(path, picture).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// What was written to the console as an error since the last time: exceptions, answers that are no success, and what
    /// the page's policy did not let it do.
    ///
    /// # Panics
    ///
    /// If the browser does not say.
    pub async fn errors(&self) -> Vec<String> {
        let log = self.issue("se/log", json!({ "type": "browser" })).await;
        let entries = log.as_array().expect("a list").iter();
        let errors = entries.filter(|entry| entry["level"] == "SEVERE");
        errors.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    async fn evaluate(&self, expression: &str) -> Result<Value, CmdError> {
        self.client.execute(&format!("return ({expression})"), Vec::new()).await
    }

    async fn element(&self, selector: &str) -> Element {
        let is_there = async || {
            let found = self.client.find(Locator::Css(selector)).await;
            found.map_err(|error| error.to_string())
        };
        self.wait(selector, is_there).await
    }

    async fn wait<T, F>(&self, what: &str, is_there: impl Fn() -> F) -> T
    where
        F: Future<Output = Result<T, String>>,
    {
        let begun = Instant::now();
        loop {
            match is_there().await {
                Ok(found) => return found,
                Err(instead) if begun.elapsed() > PATIENCE => {
                    let page = self.page().await;
                    panic!("{what} does not come: {instead}; the page:\n{page}");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// For whoever waits for something else.
    async fn page(&self) -> String {
        let page = "`${location}\n${document.body?.innerText}`";
        let page = self.evaluate(page).await.unwrap_or_else(|error| error.to_string().into());
        format!("{}\nerrors: {:#?}", page.as_str().unwrap_or_default(), self.errors().await)
    }

    async fn metrics(&self, width: u32, height: u32, mobile: bool) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// A command of the protocol below WebDriver.
    async fn devtools(&self, command: &str, parameters: Value) {
        self.issue("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await;
    }

    async fn issue(&self, path: &'static str, body: Value) -> Value {
        let answer = self.client.issue_cmd(Extension { path, body }).await;
        answer.unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

async fn session(address: &str, directory: &Path) -> Result<Client, NewSessionError> {
    let profile = format!("--user-data-dir={}", directory.join("profile").display());
    let arguments = [
        "--headless",
        // For which it would need rights that a container does not have.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        // Nothing goes anywhere but to the test.
        "--no-proxy-server",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--no-first-run",
        &profile,
    ];
    let mut capabilities = Map::new();
    capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
    capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities).connect(address).await
}

/// What chromedriver understands beyond the standard.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

/// A `chromedriver`, with the Chromium it starts and whatever that starts: one group of processes, which is killed as one.
#[derive(Debug)]
struct Driver {
    /// Kills the group when its input ends, as it does with the test's process too.
    guard: Child,
    process: Child,
    directory: PathBuf,
}

impl Driver {
    fn start() -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);

        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let directory =
            std::env::temp_dir().join(format!("browser-{}-{number}", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory for the browser");
        let guard = Command::new("sh")
            .args(["-c", "read _; kill -KILL 0"])
            .process_group(0)
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell");
        let log = File::create(directory.join("log")).expect("a log for the browser");
        let process = Command::new("chromedriver")
            .arg("--port=0")
            .process_group(guard.id().try_into().expect("a process"))
            // They write to both.
            .envs([("HOME", &directory), ("TMPDIR", &directory)])
            .stdin(Stdio::null())
            .stderr(log.try_clone().expect("the same log"))
            .stdout(log)
            .spawn();
        match process {
            Ok(process) => Self { guard, process, directory },
            Err(error) if error.kind() == io::ErrorKind::NotFound => panic!(
                "chromedriver is missing: install it, with `sudo apt-get install chromium-driver` or as your system does it"
            ),
            Err(error) => panic!("chromedriver does not start: {error}"),
        }
    }

    /// That it has chosen itself: nobody else can have taken it.
    async fn port(&self) -> u16 {
        let begun = Instant::now();
        loop {
            let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
            let said = log.split_once("started successfully on port ");
            if let Some(port) = said.and_then(|(_, port)| port.split_once('.')?.0.parse().ok()) {
                return port;
            }
            assert!(begun.elapsed() < PATIENCE, "chromedriver does not start:\n{log}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
        let _ = self.process.wait();
        // All are killed, and some may not have ended.
        let begun = Instant::now();
        while fs::remove_dir_all(&self.directory).is_err() && begun.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(10));
        }
    }
}
