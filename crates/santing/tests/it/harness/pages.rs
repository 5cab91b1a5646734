//! A browser without scripts: it opens pages, fills in forms as they stand, keeps cookies and follows where it is sent.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Selector};

use super::city::{City, DEMO_PASSWORD};
use super::http::Answer;

/// Somebody at a browser.
pub struct Visitor<'c> {
    city: &'c City,
    cookies: BTreeMap<String, String>,
}

/// A page as it was drawn.
pub struct Page {
    /// Its address on this site.
    pub path: String,
    /// Its status.
    pub status: u16,
    document: Html,
}

/// A form, filled in as the page gave it.
#[derive(Clone, Debug)]
pub struct Form {
    action: String,
    post: bool,
    multipart: bool,
    fields: Vec<(String, String)>,
    files: Vec<[String; 3]>,
    known: Vec<(String, Option<String>)>,
}

impl<'c> Visitor<'c> {
    /// Somebody who has not been here before.
    pub fn new(city: &'c City) -> Self {
        Self { city, cookies: BTreeMap::new() }
    }

    /// Opens a page.
    #[track_caller]
    pub fn opens(&mut self, path: &str) -> Page {
        let answer = self.asks("GET", path, "", b"");
        self.arrives(path, answer)
    }

    /// Follows the link that says `text`.
    #[track_caller]
    pub fn follows(&mut self, page: &Page, text: &str) -> Page {
        self.opens(&page.link(text))
    }

    /// Sends a form.
    #[track_caller]
    pub fn sends(&mut self, form: Form) -> Page {
        let encoded = urlencoded(&form.fields);
        if !form.post {
            return self.opens(&format!("{}?{encoded}", form.action));
        }
        let (kind, body) = match form.multipart {
            true => multipart(&form.fields, &form.files),
            false => ("application/x-www-form-urlencoded".to_owned(), encoded),
        };
        let answer = self.asks("POST", &form.action, &kind, body.as_bytes());
        self.arrives(&form.action, answer)
    }

    /// Sends what no form would; the page that answers.
    #[track_caller]
    pub fn sends_anything(&mut self, path: &str, kind: &str, body: &[u8]) -> Page {
        let answer = self.asks("POST", path, kind, body);
        self.arrives(path, answer)
    }

    /// Logs in with the password of the demonstration.
    #[track_caller]
    pub fn logs_in(&mut self, username: &str) -> Page {
        self.logs_in_with(username, DEMO_PASSWORD)
    }

    /// Logs in.
    #[track_caller]
    pub fn logs_in_with(&mut self, username: &str, password: &str) -> Page {
        let page = self.opens("/login");
        let form = page.form("form.card", "登录").set("username", username).set("password", password);
        let arrived = self.sends(form);
        assert!(!arrived.path.starts_with("/login"), "{username} is not let in: {:?}", arrived.errors());
        arrived
    }

    /// One request with this browser's cookies, not followed.
    pub fn asks(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("origin", self.city.address.as_str()), ("sec-fetch-site", "same-origin")];
        headers.extend((!cookies.is_empty()).then_some(("cookie", cookies.as_str())));
        // A server may end a connection whose request it refused unread: what comes next has one of its own.
        headers.extend((method == "POST").then_some(("connection", "close")));
        headers.extend((!kind.is_empty()).then_some(("content-type", kind)));
        let answer = self.city.send(method, path, &headers, body);
        for line in answer.headers.get_all("set-cookie") {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    #[track_caller]
    fn arrives(&mut self, path: &str, mut answer: Answer) -> Page {
        let mut path = path.to_owned();
        for _ in 0..5 {
            if answer.status != 303 {
                return Page::of(path, &answer);
            }
            path = answer.header("location").to_owned();
            answer = self.asks("GET", &path, "", b"");
        }
        panic!("{path}: sent around in circles");
    }
}

impl Page {
    #[track_caller]
    fn of(path: String, answer: &Answer) -> Self {
        assert!(answer.status < 500, "{}: {}", answer.asked, answer.body);
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path} has no policy");
        let page = Self { path, status: answer.status, document: Html::parse_document(&answer.body) };
        assert_eq!(page.all("h1").len(), 1, "{} has one heading", page.path);
        for inline in ["[style]", "style", "script:not([src])", "[onclick]", "[onsubmit]", "[onchange]"] {
            assert!(page.all(inline).is_empty(), "{} has {inline}", page.path);
        }
        page
    }

    fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.document.select(&Selector::parse(selector).unwrap()).collect()
    }

    /// The text of each element of a selector.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        self.all(selector).into_iter().map(text_of).collect()
    }

    /// The heading.
    pub fn heading(&self) -> String {
        self.texts("h1").remove(0)
    }

    /// Everything that can be read in the page's own part.
    pub fn body(&self) -> String {
        self.texts("main").join(" ")
    }

    /// The page, if it says `words`.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.body().contains(words), "{} does not say “{words}”: {}", self.path, self.body());
        self
    }

    /// What the summary at the head says is wrong.
    pub fn errors(&self) -> Vec<String> {
        self.texts(".summary li")
    }

    /// Where the link that says `text` leads: just that, or that among other words in the page's own part.
    #[track_caller]
    pub fn link(&self, text: &str) -> String {
        let links = self.all("main a[href]");
        let just = links.iter().find(|link| text_of(**link) == text);
        let found = just.or_else(|| links.iter().find(|link| text_of(**link).contains(text)));
        let Some(found) = found else {
            let known: Vec<String> = links.into_iter().map(text_of).collect();
            panic!("{} has no link “{text}”, only {known:?}", self.path)
        };
        found.value().attr("href").unwrap().to_owned()
    }

    /// The form under `selector` with the button `text`, and that button pressed.
    #[track_caller]
    pub fn form(&self, selector: &str, text: &str) -> Form {
        let buttons = Selector::parse("button").unwrap();
        let found = self.all(selector).into_iter().find_map(|form| {
            let pressed = form.select(&buttons).find(|button| text_of(*button).contains(text))?;
            Some((form, pressed))
        });
        let Some((form, pressed)) = found else {
            panic!("{} has no form {selector} with “{text}”: {}", self.path, self.body())
        };
        let mut read = read_form(form);
        if let Some(name) = pressed.value().attr("name") {
            read.fields.push((name.to_owned(), pressed.value().attr("value").unwrap_or_default().to_owned()));
        }
        read
    }

    /// What stands in a field of the page's forms.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let mut fields = self.all("form").into_iter().flat_map(|form| read_form(form).fields);
        fields.find(|(known, _)| known == name).unwrap_or_else(|| panic!("{} has no field {name}", self.path)).1
    }
}

impl Form {
    /// Fills in a field, which must be there and must offer the value where it offers any.
    #[track_caller]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        let offered: Vec<_> = self.known.iter().filter(|(known, _)| known == name).map(|(_, v)| v.clone()).collect();
        let free = offered.iter().any(Option::is_none);
        let fits = free || offered.iter().flatten().any(|v| v == value);
        assert!(fits, "{} has no field {name} that takes {value}: {:?}", self.action, self.known);
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves a field out, whatever stood in it.
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }

    /// Adds a file.
    #[track_caller]
    pub fn attach(mut self, field: &str, name: &str, content: &str) -> Self {
        assert!(self.multipart, "{} takes no files", self.action);
        self.files.push([field, name, content].map(str::to_owned));
        self
    }

    /// Fills in several.
    #[track_caller]
    pub fn set_all(self, values: &[(&str, &str)]) -> Self {
        values.iter().fold(self, |form, (name, value)| form.set(name, value))
    }
}

fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The form as a browser would send it now, and what its fields take.
fn read_form(form: ElementRef<'_>) -> Form {
    let attr = |name: &str| form.value().attr(name).unwrap_or_default().to_owned();
    let mut read = Form {
        action: attr("action"),
        post: attr("method") == "post",
        multipart: attr("enctype") == "multipart/form-data",
        fields: Vec::new(),
        files: Vec::new(),
        known: Vec::new(),
    };
    for field in form.select(&Selector::parse("input[name], textarea[name], select[name]").unwrap()) {
        let of = |name: &str| field.value().attr(name);
        let name = of("name").unwrap().to_owned();
        match (field.value().name(), of("type").unwrap_or("text")) {
            ("select", _) => read_select(&mut read, field, &name),
            ("textarea", _) => read.take(name, field.text().collect()),
            ("input", "checkbox" | "radio") => {
                let value = of("value").unwrap_or("on").to_owned();
                read.known.push((name.clone(), Some(value.clone())));
                if of("checked").is_some() {
                    read.fields.push((name, value));
                }
            }
            ("input", "file") => {}
            _ => read.take(name, of("value").unwrap_or_default().to_owned()),
        }
    }
    read
}

fn read_select(read: &mut Form, field: ElementRef<'_>, name: &str) {
    let options: Vec<_> = field.select(&Selector::parse("option").unwrap()).collect();
    let value = |option: &ElementRef<'_>| option.value().attr("value").map_or_else(|| text_of(*option), str::to_owned);
    read.known.extend(options.iter().map(|option| (name.to_owned(), Some(value(option)))));
    let chosen = options.iter().find(|option| option.value().attr("selected").is_some()).or(options.first());
    read.fields.extend(chosen.map(|option| (name.to_owned(), value(option))));
}

impl Form {
    fn take(&mut self, name: String, value: String) {
        self.known.push((name.clone(), None));
        self.fields.push((name, value));
    }
}

fn urlencoded(fields: &[(String, String)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Percent-encodes everything but letters and digits.
pub fn encode(text: &str) -> String {
    let one = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn multipart(fields: &[(String, String)], files: &[[String; 3]]) -> (String, String) {
    const EDGE: &str = "----santing-it-7f3a";
    let part = |(name, value): &(String, String)| {
        format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = |[field, name, content]: &[String; 3]| {
        format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n{content}\r\n"
        )
    };
    let body: String = fields.iter().map(part).chain(files.iter().map(file)).collect();
    (format!("multipart/form-data; boundary={EDGE}"), format!("{body}--{EDGE}--\r\n"))
}
