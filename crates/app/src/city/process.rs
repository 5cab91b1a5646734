//! What governs how demands are handled and may change from one version to the next (E36): the tier rule, the lengths
//! of the clocks and what may move them, as one TOML text that is read whole and judged whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kernel::worktime::Limit;
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};
use toml::{Table, Value};

use super::clocks::{ClockKind, ClockRules};
use super::errors::ProfileErrors;
use super::source::Reader;
use super::tiering::{Tiering, When};
use super::{City, check};

/// The file that mistakes of such a text are told of.
const FILE: &str = "流程文本";

/// One version of the process.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// The tier rule.
    pub tiering: Tiering,
    /// How long each clock is.
    pub limits: BTreeMap<ClockKind, Limit>,
    /// What may move a clock or raise a demand.
    pub rules: CaseRules,
}

/// What a version says beside lengths: how often and how far a limit may be extended, how long it may stand still, when a
/// demand goes up by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRules {
    /// Extensions in one round at most.
    pub extension_max_count: u32,
    /// At most this share of the first limit again.
    pub extension_max_ratio: f64,
    /// How long before the due date an extension must be asked for.
    pub extension_before_working_days: u32,
    /// Whether the submitter is told of an extension.
    pub extension_tell_submitter: bool,
    /// The longest suspension.
    pub suspension_max_working_days: u32,
    /// So many assignments that led to no answer in time raise a demand.
    pub escalate_after_dispatches: u32,
    /// So many working days late raise a demand.
    pub escalate_after_red_working_days: u32,
}

/// The keys of [`CaseRules`] in the order of a case's life, each as people say it.
const RULES: [(&str, &str); 7] = [
    ("extension_max_count", "每轮办理最多延期几次"),
    ("extension_max_ratio", "延期最长为原时限的几倍（0 至 1）"),
    ("extension_before_working_days", "到期前至少几个工作日提出延期"),
    ("extension_tell_submitter", "批准延期后告知诉求人"),
    ("suspension_max_working_days", "中止计时最长几个工作日"),
    ("escalate_after_dispatches", "交办几次仍未办结并且逾期，按规则提级"),
    ("escalate_after_red_working_days", "逾期几个工作日，按规则提级"),
];

impl CaseRules {
    fn of(clocks: &ClockRules) -> Self {
        Self {
            extension_max_count: clocks.extension.max_count,
            extension_max_ratio: clocks.extension.max_ratio,
            extension_before_working_days: clocks.extension.request_before_working_days,
            extension_tell_submitter: clocks.extension.tell_submitter,
            suspension_max_working_days: clocks.suspension.max_working_days,
            escalate_after_dispatches: clocks.supervise.escalate_after_dispatches,
            escalate_after_red_working_days: clocks.supervise.escalate_after_red_working_days,
        }
    }

    fn put(&self, clocks: &mut ClockRules) {
        let extension = &mut clocks.extension.rule;
        extension.max_count = self.extension_max_count;
        extension.max_ratio = self.extension_max_ratio;
        extension.request_before_working_days = self.extension_before_working_days;
        extension.tell_submitter = self.extension_tell_submitter;
        clocks.suspension.rule.max_working_days = self.suspension_max_working_days;
        clocks.supervise.rule.escalate_after_dispatches = self.escalate_after_dispatches;
        clocks.supervise.rule.escalate_after_red_working_days = self.escalate_after_red_working_days;
    }

    fn table(&self) -> Table {
        Table::try_from(self).unwrap_or_default()
    }

    /// Every rule: its key, how people say it, its value.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, &'static str, String)> + use<> {
        let table = self.table();
        RULES.into_iter().map(move |(key, label)| {
            let value = table.get(key).map(Value::to_string).unwrap_or_default();
            (key, label, value)
        })
    }

    fn fits(&self) -> bool {
        let days = [
            self.extension_before_working_days,
            self.suspension_max_working_days,
            self.escalate_after_red_working_days,
        ];
        (0.0..=1.0).contains(&self.extension_max_ratio)
            && self.extension_max_count <= 10
            && (1..=20).contains(&self.escalate_after_dispatches)
            && days.into_iter().all(|days| check::fits(Limit::WorkingDays(days)))
    }
}

impl Process {
    /// What the profile says.
    pub fn of(city: &City) -> Self {
        let limits = city.clocks.rules().map(|rule| (rule.kind, rule.limit)).collect();
        Self { tiering: city.tiering.clone(), limits, rules: CaseRules::of(&city.clocks) }
    }

    /// What `text` says; what it does not mention stays as in `base`. `handles` tells which units can handle demands.
    pub fn read(text: &str, base: &Self, city: &City, handles: &dyn Fn(&str) -> bool) -> Result<Self, ProfileErrors> {
        let mut errors = ProfileErrors::default();
        let mut process = base.clone();
        if let Some(mut file) = Reader::new(FILE, text, &mut errors) {
            if file.has("limits") {
                process.read_limits(&mut file);
            }
            if file.has("rules") {
                process.read_rules(&mut file);
            }
            let [lists, bodies, axes, rules] = ["word_list", "body", "axis_rule", "tier_rule"].map(|key| file.has(key));
            let said = Tiering::read(&mut file);
            let tiering = &mut process.tiering;
            if lists {
                tiering.word_list = said.word_list;
            }
            if bodies {
                tiering.body = said.body;
            }
            if axes {
                tiering.axis_rule = said.axis_rule;
            }
            if rules {
                tiering.tier_rule = said.tier_rule;
            }
            file.finish();
            process.tiering.check(FILE, &city.themes, handles, &mut errors);
        }
        errors.done()?;
        Ok(process)
    }

    fn read_limits(&mut self, file: &mut Reader<'_>) {
        for (name, limit) in file.named::<Limit>("limits") {
            match ClockKind::from_code(&name) {
                None => file.wrong(&format!("limits.{name}"), "程序不认识这个时限", "no such clock"),
                Some(_) if !check::fits(limit) => {
                    file.wrong(&format!("limits.{name}"), check::RANGE, "out of range");
                }
                Some(kind) => {
                    self.limits.insert(kind, limit);
                }
            }
        }
    }

    /// Each rule is judged by itself, so that one wrong value does not hide the next.
    fn read_rules(&mut self, file: &mut Reader<'_>) {
        for (name, value) in file.named::<Value>("rules") {
            let key = format!("rules.{name}");
            if !RULES.iter().any(|(known, _)| *known == name) {
                file.wrong(&key, "没有这条规则，是不是写错了", "no such rule");
                continue;
            }
            let mut table = self.rules.table();
            table.insert(name, value);
            match table.try_into::<CaseRules>() {
                Ok(rules) if rules.fits() => self.rules = rules,
                Ok(_) => file.wrong(&key, "超出允许的范围（倍数 0 至 1，次数 1 至 20，天数 0 至 250）", "out of range"),
                Err(error) => file.wrong(&key, "类型不对", error.to_string().trim().replace('\n', " ")),
            }
        }
    }

    /// The text of it, which reads back as the same.
    pub fn write(&self, city: &City) -> String {
        let mut text = String::from(
            "# 时限：working_days 为工作日数（0 是当日），working_minutes 为办公时间的分钟数。\n\n[limits]\n",
        );
        for (kind, limit) in &self.limits {
            let (unit, n) = match limit {
                Limit::WorkingDays(days) => ("working_days", days),
                Limit::WorkingMinutes(minutes) => ("working_minutes", minutes),
            };
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{} = {{ {unit} = {n} }} # {}", kind.code(), city.clock(*kind).label);
        }
        text.push_str("\n# 延期、中止计时、按规则提级。\n\n[rules]\n");
        for (key, label, value) in self.rules.each() {
            let _ = writeln!(text, "{key} = {value} # {label}");
        }
        text.push_str("\n# 层级和办理形式：由上到下，第一条条件全部成立的规则决定。\n");
        for rule in &self.tiering.tier_rule {
            let lead = rule.lead.as_deref().unwrap_or_default();
            let pairs = [("code", &*rule.code), ("label", &rule.label), ("tier", &rule.tier), ("route", &rule.route)];
            table(&mut text, "tier_rule", pairs.into_iter().chain([("lead", lead), ("because", &rule.because)]));
            condition(&mut text, &rule.when);
        }
        text.push_str("\n# 三张清单和各个维度：每个维度取第一条成立的规则。\n");
        for rule in &self.tiering.axis_rule {
            let pairs = [("code", &*rule.code), ("axis", &rule.axis), ("value", &rule.value)];
            table(&mut text, "axis_rule", pairs.into_iter());
            condition(&mut text, &rule.when);
        }
        for (name, title, lists) in [
            ("word_list", "词表：哪些话说明什么", &self.tiering.word_list),
            ("body", "方案没有列名的部门", &self.tiering.body),
        ] {
            let _ = writeln!(text, "\n# {title}。");
            for list in lists {
                table(&mut text, name, [("code", &*list.code), ("label", &*list.label)].into_iter());
                let _ = writeln!(text, "words = {}", inline(&list.words));
            }
        }
        text
    }

    /// The fingerprint: two processes with the same one are the same.
    pub fn print(&self, city: &City) -> String {
        hex::encode(&Sm3::digest(self.write(city).as_bytes())[..8])
    }

    /// The city's clocks with these lengths and rules; a length that is not the profile's says which version set it.
    pub fn clocks(&self, city: &City, version: i64) -> ClockRules {
        let mut clocks = city.clocks.clone();
        for rule in clocks.limits.values_mut() {
            if let Some(limit) = self.limits.get(&rule.kind).filter(|limit| **limit != rule.limit) {
                rule.limit = *limit;
                rule.provenance.note = format!("{}，流程版本 {version}", rule.provenance.note);
            }
        }
        self.rules.put(&mut clocks);
        clocks
    }

    /// What is different from `before`, as sentences.
    pub fn differences(&self, before: &Self, city: &City) -> Vec<String> {
        let mut said = Vec::new();
        for (kind, limit) in &self.limits {
            if let Some(old) = before.limits.get(kind).filter(|old| *old != limit) {
                said.push(format!("时限“{}”：{} 改为 {}", city.clock(*kind).label, old.label(), limit.label()));
            }
        }
        for ((_, label, old), (_, _, new)) in before.rules.each().zip(self.rules.each()) {
            if old != new {
                said.push(format!("规则“{label}”：{} 改为 {}", spoken(&old), spoken(&new)));
            }
        }
        let (old, new) = (&before.tiering, &self.tiering);
        compare(&mut said, "分级规则", &old.tier_rule, &new.tier_rule, |rule| (&rule.code, &rule.label));
        compare(&mut said, "归类规则", &old.axis_rule, &new.axis_rule, |rule| (&rule.code, &rule.code));
        compare(&mut said, "词表", &old.word_list, &new.word_list, |list| (&list.code, &list.label));
        compare(&mut said, "未列名部门", &old.body, &new.body, |list| (&list.code, &list.label));
        said
    }
}

/// A value of a rule as people say it.
pub fn spoken(value: &str) -> &str {
    match value {
        "true" => "是",
        "false" => "否",
        number => number.strip_suffix(".0").unwrap_or(number),
    }
}

fn compare<T: PartialEq>(
    said: &mut Vec<String>,
    what: &str,
    old: &[T],
    new: &[T],
    name: impl for<'t> Fn(&'t T) -> (&'t String, &'t String),
) {
    let find = |list: &[T], code: &String| list.iter().position(|one| name(one).0 == code);
    for one in new {
        let (code, label) = name(one);
        match find(old, code) {
            None => said.push(format!("{what}“{label}”：新增")),
            Some(place) if old[place] != *one => said.push(format!("{what}“{label}”：修改")),
            Some(_) => {}
        }
    }
    for one in old.iter().filter(|one| find(new, name(one).0).is_none()) {
        said.push(format!("{what}“{}”：删去", name(one).1));
    }
    let order = |list: &[T], other: &[T]| -> Vec<String> {
        list.iter().map(|one| name(one).0.clone()).filter(|code| find(other, code).is_some()).collect()
    };
    if order(old, new) != order(new, old) {
        said.push(format!("{what}：先后次序改变"));
    }
}

fn table<'p>(text: &mut String, name: &str, pairs: impl Iterator<Item = (&'static str, &'p str)>) {
    let _ = writeln!(text, "\n[[{name}]]");
    for (key, value) in pairs.filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(text, "{key} = {}", inline(&value));
    }
}

fn condition(text: &mut String, when: &When) {
    if *when != When::default() {
        let _ = writeln!(text, "when = {}", inline(when));
    }
}

/// A value on one line.
fn inline(value: &impl Serialize) -> String {
    toml::Value::try_from(value).map(|value| value.to_string()).unwrap_or_default()
}
