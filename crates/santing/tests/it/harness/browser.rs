//! A person at a real browser: Chromium without a window, driven as WebDriver has it. What the person does is named by
//! what stands on the page: the words of a button, of a label, of a choice.

use std::future::Future;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::city::{City, DEMO_PASSWORD};
use super::http::send;
use super::leash::Leash;

const AXE: &str = include_str!("../axe/axe.min.js");
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody at a browser of their own.
pub struct Browser<'c> {
    city: &'c City,
    runtime: Runtime,
    client: Client,
    session: String,
    _driver: Leash,
}

impl<'c> Browser<'c> {
    /// Opens a browser, as wide as a desk's.
    pub fn new(city: &'c City) -> Self {
        let ((leash, profile), address) = driver();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(&profile));
        let client = runtime.block_on(builder.connect(&address)).unwrap_or_else(|error| {
            panic!("chromium does not start: {error}. scripts/test installs what the tests need")
        });
        let id = runtime.block_on(client.session_id()).unwrap().unwrap();
        let browser = Self { city, runtime, client, session: format!("{address}/session/{id}"), _driver: leash };
        browser.is_wide(1440);
        browser
    }

    fn now<T>(&self, what: impl Future<Output = Result<T, CmdError>>) -> Result<T, CmdError> {
        self.runtime.block_on(what)
    }

    /// Makes the window `width` pixels wide, and high enough.
    pub fn is_wide(&self, width: u32) {
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.driver_call(
            "goog/cdp/execute",
            &json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics }),
        );
    }

    /// What only Chromium's driver understands.
    fn driver_call(&self, command: &str, body: &Value) -> Value {
        let url = format!("{}/{command}", self.session);
        let headers = [("content-type", "application/json")];
        send("POST", &url, &headers, body.to_string().as_bytes()).expect(200).json()["value"].take()
    }

    /// Opens a page.
    #[track_caller]
    pub fn opens(&self, path: &str) -> &Self {
        self.now(self.client.goto(&format!("{}{path}", self.city.address))).unwrap();
        self
    }

    /// The path and query of the page.
    pub fn path(&self) -> String {
        let url = self.now(self.client.current_url()).unwrap();
        url.as_str().trim_start_matches(&self.city.address).to_owned()
    }

    /// The status that the page came with.
    pub fn status(&self) -> u64 {
        self.asks("return performance.getEntriesByType('navigation')[0].responseStatus").as_u64().unwrap_or_default()
    }

    /// Runs a script in the page, for what can only be asked so.
    #[track_caller]
    pub fn asks(&self, script: &str) -> Value {
        self.now(self.client.execute(script, Vec::new())).unwrap()
    }

    /// Waits until the page says `words`.
    #[track_caller]
    pub fn reads(&self, words: &str) -> &Self {
        let path = format!("//main//*[contains(normalize-space(.), '{words}')]");
        let found = self.now(self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)));
        assert!(
            found.is_ok(),
            "{} does not say “{words}”: {}",
            self.path(),
            self.asks("return document.body.innerText")
        );
        self
    }

    /// The one visible thing among those of `path`.
    #[track_caller]
    fn sees(&self, what: &str, path: &str) -> Element {
        let found = self.now(self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(path)));
        assert!(found.is_ok(), "{} has no {what}: {}", self.path(), self.asks("return document.body.innerText"));
        let all = self.now(self.client.find_all(Locator::XPath(path))).unwrap();
        let shown = all.into_iter().find(|one| self.now(one.is_displayed()).unwrap_or(false));
        shown.unwrap_or_else(|| panic!("{} shows no {what}", self.path()))
    }

    /// Presses the button or follows the link that says `words`.
    #[track_caller]
    pub fn presses(&self, words: &str) -> &Self {
        let says = |test: &str| format!("//main//*[self::a or self::button][{test}]");
        let just = says(&format!("normalize-space(.)='{words}'"));
        let any = says(&format!("contains(normalize-space(.),'{words}')"));
        let exact = self.now(self.client.find_all(Locator::XPath(&just))).unwrap();
        let path = if exact.is_empty() { any } else { just };
        self.now(self.sees(words, &path).click()).unwrap();
        self
    }

    /// Types into the field that is labelled `label`.
    #[track_caller]
    pub fn writes(&self, label: &str, text: &str) -> &Self {
        let field = self.field(label);
        self.now(field.clear()).unwrap();
        self.now(field.send_keys(text)).unwrap();
        self
    }

    /// What stands in the field that is labelled `label`.
    #[track_caller]
    pub fn written(&self, label: &str) -> String {
        self.now(self.field(label).prop("value")).unwrap().unwrap_or_default()
    }

    #[track_caller]
    fn field(&self, label: &str) -> Element {
        let labelled = format!("//main//label[starts-with(normalize-space(.), '{label}')]");
        let label = self.sees(label, &labelled);
        let id = self.now(label.attr("for")).unwrap().unwrap();
        self.now(self.client.find(Locator::Id(&id))).unwrap()
    }

    /// Chooses `choice` where `question` is asked: a button to see, or a list to open.
    #[track_caller]
    pub fn chooses(&self, question: &str, choice: &str) -> &Self {
        let group = format!("//main//fieldset[legend[starts-with(normalize-space(.), '{question}')]]");
        if self.now(self.client.find_all(Locator::XPath(&group))).unwrap().is_empty() {
            self.now(self.field(question).select_by_label(choice)).unwrap();
        } else {
            let label = format!("{group}//label[normalize-space(.)='{choice}']");
            self.now(self.sees(choice, &label).click()).unwrap();
        }
        self
    }

    /// Presses keys, wherever the focus is.
    pub fn types(&self, keys: &str) -> &Self {
        let focused = self.now(self.client.active_element()).unwrap();
        self.now(focused.send_keys(keys)).unwrap();
        self
    }

    /// Waits until a script that asks about the page says yes.
    #[track_caller]
    pub fn waits(&self, what: &str, script: &str) -> &Self {
        super::until(what, || self.asks(&format!("return Boolean({script})")).as_bool().filter(|yes| *yes));
        self
    }

    /// Logs in with the password of the demonstration.
    #[track_caller]
    pub fn logs_in(&self, username: &str) -> &Self {
        self.now(self.client.delete_all_cookies()).unwrap();
        self.opens("/login").writes("用户名", username).writes("密码", DEMO_PASSWORD);
        self.types("\u{e007}").waits("the login is done", "!location.pathname.startsWith('/login')")
    }

    /// A page without headings too many, sideways scrolling, script errors or broken policies.
    #[track_caller]
    pub fn finds_it_decent(&self, width: u32) -> &Self {
        let path = self.path();
        let measured = self.asks(
            "return [document.querySelectorAll('h1').length, document.scrollingElement.scrollWidth, innerWidth,
                [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
                    && !e.closest('.tablebox, .unseen, .stages') && e.checkVisibility()).slice(0, 3)
                    .map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 20))]",
        );
        assert_eq!(measured[0], 1, "{path} has one heading");
        assert_eq!(measured[2], width, "{path} is looked at {width} px wide");
        assert!(measured[1].as_u64().unwrap() <= u64::from(width), "{path} scrolls sideways at {width}: {measured}");
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "{path}: {complaints:#?}");
        self
    }

    /// What the browser complained about since it was asked last: script errors and broken policies. That a page was
    /// refused is the test's own affair.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.driver_call("se/log", &json!({ "type": "browser" }));
        let lines =
            log.as_array().unwrap().iter().filter(|line| line["level"] == "SEVERE" || line["level"] == "WARNING");
        let said = lines.map(|line| line["message"].as_str().unwrap_or_default().to_owned());
        said.filter(|message| !message.contains("responded with a status of 4")).collect()
    }

    /// What axe finds against WCAG 2.2 A and AA: rule and place.
    #[track_caller]
    pub fn barriers(&self) -> Vec<String> {
        let script = format!(
            "const done = arguments[arguments.length - 1]; if (!window.axe) {{ {AXE} }}
            axe.run(document, {{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], preload: false }})
                .then(found => done(found.violations.flatMap(rule => rule.nodes.slice(0, 3).map(node =>
                    rule.id + ': ' + node.target.join(' ') + ' — ' + node.failureSummary.split('\\n').slice(1).join(' ')))),
                    error => done([String(error)]));"
        );
        let found = self.now(self.client.execute_async(&script, Vec::new())).unwrap();
        let path = self.path();
        let lines = found.as_array().unwrap().iter();
        lines.map(|line| format!("{path}: {}", line.as_str().unwrap_or_default())).collect()
    }
}

impl Drop for Browser<'_> {
    fn drop(&mut self) {
        // The leash ends what does not close in good order.
        let _ = self.runtime.block_on(self.client.clone().close());
    }
}

/// Chromium's driver on a free port, with the directory of its browser.
fn driver() -> ((Leash, String), String) {
    let dir = tempfile::Builder::new().prefix("santing-browser-").tempdir().unwrap();
    let profile = dir.path().join("profile").display().to_string();
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").env("HOME", dir.path()).env("TMPDIR", dir.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let child = command.spawn().unwrap_or_else(|error| {
        panic!("chromedriver does not start: {error}. Run scripts/test, which installs chromium and its driver")
    });
    let mut leash = Leash::on(child, &dir.keep());
    let lines = BufReader::new(leash.held().stdout.take().unwrap()).lines().map_while(Result::ok);
    let port = lines.filter_map(|line| port_in(&line)).next().expect("chromedriver says its port");
    ((leash, profile), format!("http://127.0.0.1:{port}"))
}

/// `… started successfully on port 40123.`
fn port_in(line: &str) -> Option<u16> {
    line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok()
}

fn capabilities(profile: &str) -> fantoccini::wd::Capabilities {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--window-size=1440,900",
        "--lang=zh-CN",
    ];
    let own = format!("--user-data-dir={profile}");
    let arguments: Vec<&str> = arguments.into_iter().chain([own.as_str()]).collect();
    let wanted = json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "script": 60_000, "pageLoad": 60_000 },
    });
    wanted.as_object().unwrap().clone()
}
