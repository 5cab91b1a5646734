//! Reading what somebody says to the city. One reading for the public form, the staff form, the API and imports, so that
//! the same words meet the same checks everywhere.

use kernel::error::Checker;
use kernel::uscc::Uscc;
use kernel::{Instant, Refusal};
use serde_json::{Map, Value};

use super::vocabulary::{Audience, DemandKind, Word};
use crate::city::City;

/// Characters of a title at most.
pub const TITLE_MOST: usize = 200;
/// Characters of a text at most: twice the longest of some 16,000 real messages.
pub const TEXT_MOST: usize = 20_000;

/// Who may fill in which fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// Anybody, without an account: no channel, no source.
    Public,
    /// Staff registering for somebody.
    Staff,
    /// An import: keeps original times, forgives a missing title.
    Import,
}

/// What was said, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// Which of the three entrances.
    pub audience: Audience,
    /// The list, where the submitter or the registrar named one.
    pub kind: Option<DemandKind>,
    /// The title.
    pub title: String,
    /// The words.
    pub text: String,
    /// The theme, where one was named.
    pub theme: Option<String>,
    /// The channel's code.
    pub channel: String,
    /// The firm's code.
    pub uscc: Option<Uscc>,
    /// The firm's name.
    pub enterprise_name: Option<String>,
    /// Whom to call.
    pub contact_name: Option<String>,
    /// The number to call.
    pub contact_phone: Option<String>,
    /// The address to write to.
    pub contact_email: Option<String>,
    /// The street or park, in words.
    pub area: Option<String>,
    /// The system it came from.
    pub source: Option<String>,
    /// Its number there.
    pub source_id: Option<String>,
    /// When it was received, where that was before now (imports).
    pub received_at: Option<Instant>,
}

const KNOWN: &[&str] = &[
    "audience",
    "kind",
    "title",
    "text",
    "theme",
    "channel",
    "enterprise",
    "contact",
    "area",
    "source",
    "source_id",
    "attachments",
    "received_at",
];

/// Reads `input`; refuses with every wrong field at once.
pub fn read(input: &Map<String, Value>, entrance: Entrance, city: &City) -> Result<Intake, Refusal> {
    let mut form = Form { input, check: Checker::default() };
    let audience = form.word::<Audience>("audience", "身份", true);
    let kind = form.word::<DemandKind>("kind", "类别", false);
    let text = form.text("text", "内容", TEXT_MOST, true);
    let title = form.text("title", "标题", TITLE_MOST, entrance != Entrance::Import);
    let theme = form.theme(city);
    let channel = form.channel(city, entrance);
    let uscc = form.uscc();
    let enterprise_name = form.text("enterprise.name", "企业名称", 100, false);
    let contact_name = form.text("contact.name", "联系人", 50, false);
    let contact_phone = form.phone();
    let contact_email = form.email();
    let area = form.text("area", "所在街道或园区", 100, false);
    let (source, source_id) = form.source(entrance);
    let received_at = form.received_at(entrance);
    form.unknown();
    form.check.done()?;
    let text = text.unwrap_or_default();
    Ok(Intake {
        // Both are required above, so the check has refused where either is missing.
        audience: audience.unwrap_or(Audience::Public),
        title: title.unwrap_or_else(|| text.chars().take(30).collect()),
        kind,
        text,
        theme,
        channel,
        uscc,
        enterprise_name,
        contact_name,
        contact_phone,
        contact_email,
        area,
        source,
        source_id,
        received_at,
    })
}

struct Form<'a> {
    input: &'a Map<String, Value>,
    check: Checker,
}

impl Form<'_> {
    /// The value at `path`, which may lead into one nested object; anything but text (or a plain number) is refused.
    fn given(&mut self, path: &str, name: &str) -> Option<String> {
        let value = match path.split_once('.') {
            None => self.input.get(path),
            Some((outer, inner)) => match self.input.get(outer) {
                None | Some(Value::Null) => None,
                Some(Value::Object(object)) => object.get(inner),
                Some(_) => {
                    self.check.wrong(outer, "wrong_type", format!("{outer} 应当是一个对象"));
                    None
                }
            },
        };
        match value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
            Some(Value::Number(number)) if path == "source_id" || path == "contact.phone" => Some(number.to_string()),
            Some(_) => {
                self.check.wrong(path, "wrong_type", format!("{name}应当是文字"));
                None
            }
        }
    }

    fn text(&mut self, path: &str, name: &str, most: usize, required: bool) -> Option<String> {
        let given = self.given(path, name);
        if required && given.is_none() {
            self.require(path, format!("请填写{name}"));
        }
        self.check.optional_text(path, name, given.as_deref(), most)
    }

    /// Notes that a field is missing, unless something is already known to be wrong with it.
    fn require(&mut self, path: &str, message: String) {
        if !self.check.has(path) {
            self.check.wrong(path, "required", message);
        }
    }

    fn word<W: Word>(&mut self, path: &str, name: &str, required: bool) -> Option<W> {
        let Some(given) = self.given(path, name) else {
            if required {
                self.require(path, format!("请选择{name}"));
            }
            return None;
        };
        // Imports and forms may say the Chinese word as well as the code.
        let by_label = || W::CHOICES.iter().find(|(_, label)| *label == given).and_then(|(code, _)| W::from_code(code));
        let word = W::from_code(&given).or_else(by_label);
        if word.is_none() {
            let choices: Vec<String> = W::CHOICES.iter().map(|(code, label)| format!("{code}({label})")).collect();
            self.check.wrong(path, "unknown", format!("{name}只能是：{}", choices.join("、")));
        }
        word
    }

    fn theme(&mut self, city: &City) -> Option<String> {
        let given = self.given("theme", "领域")?;
        let theme = city.themes.resolve(&given).map(|t| t.code.clone());
        if theme.is_none() {
            self.check.wrong("theme", "unknown", "没有这个领域，可选的见 /api/v1/themes");
        }
        theme
    }

    fn channel(&mut self, city: &City, entrance: Entrance) -> String {
        let Some(given) = self.given("channel", "渠道") else { return "web".to_owned() };
        if entrance == Entrance::Public {
            self.check.wrong("channel", "not_allowed", "渠道由工作人员登记时填写");
        }
        match city.channels.resolve(&given) {
            Some(channel) => channel.code.clone(),
            None => {
                self.check.wrong("channel", "unknown", "没有这个渠道");
                given
            }
        }
    }

    fn uscc(&mut self) -> Option<Uscc> {
        let given = self.given("enterprise.uscc", "统一社会信用代码")?;
        Uscc::parse(&given).map_err(|error| self.check.wrong("enterprise.uscc", "bad_format", error.to_string())).ok()
    }

    fn phone(&mut self) -> Option<String> {
        let given = self.given("contact.phone", "联系电话")?;
        let digits = given.chars().filter(char::is_ascii_digit).count();
        let plain = given.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '*'));
        if plain && (7..=15).contains(&digits) && given.len() <= 25 {
            return Some(given);
        }
        self.check.wrong("contact.phone", "bad_format", "联系电话应为 7 至 15 位数字，可以带区号和短横");
        None
    }

    fn email(&mut self) -> Option<String> {
        let given = self.given("contact.email", "电子邮箱")?;
        let fits = given.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && host.contains('.')
                && !given.contains(char::is_whitespace)
                && given.chars().count() <= 100
        });
        if !fits || given.chars().any(char::is_control) {
            self.check.wrong("contact.email", "bad_format", "电子邮箱的写法不对，应像 name@example.com");
            return None;
        }
        Some(given)
    }

    fn source(&mut self, entrance: Entrance) -> (Option<String>, Option<String>) {
        let source = self.text("source", "来源系统", 100, false);
        let source_id = self.text("source_id", "来源编号", 100, false);
        if entrance == Entrance::Public && source.is_some() {
            self.check.wrong("source", "not_allowed", "来源系统由工作人员或对接系统填写");
        }
        if source_id.is_some() && source.is_none() && entrance != Entrance::Public {
            self.require("source", "有来源编号，就要写明来源系统".to_owned());
        }
        (source, source_id)
    }

    fn received_at(&mut self, entrance: Entrance) -> Option<Instant> {
        let given = self.given("received_at", "收到时间")?;
        if entrance != Entrance::Import {
            self.check.wrong("received_at", "not_allowed", "收到时间由系统记录");
            return None;
        }
        let at = Instant::parse(&given);
        if at.is_none() {
            self.check.wrong("received_at", "bad_format", "收到时间读不懂");
        }
        at
    }

    fn unknown(&mut self) {
        for name in self.input.keys().filter(|name| !KNOWN.contains(&name.as_str())) {
            let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            self.check.wrong(&name, "unknown", format!("没有字段 {name}"));
        }
    }
}
