//! The tier rule as data (requirements.md 1.2; S06, S07, S53): which words tell what, how the axes follow from them, and
//! which tier and route follow from the axes. Ordered: the first rule whose conditions all hold decides. The law that
//! reads them is `demands/rules/tiering.rs`; here they are read and judged.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::errors::ProfileErrors;
use super::source::Reader;
use super::vocabulary::Themes;

/// The tiers that the program knows, lowest first, with the route that belongs to each tier and route.
pub(super) const TIERS: [&str; 4] = ["general", "complex", "key", "major"];
/// The routes that the program knows.
pub(super) const ROUTES: [&str; 5] = ["instant", "assigned", "joint", "leader", "special"];
/// The axes: code, Chinese name, and the values with their Chinese names, the default of each first.
const AXES: [Axis; 8] = [
    ("kind", "清单", &[("matter", "事项"), ("opinion", "意见"), ("suggestion", "建议")]),
    ("difficulty", "难易", &[("medium", "一般"), ("easy", "容易"), ("hard", "困难")]),
    ("breadth", "范围", &[("narrow", "窄"), ("medium", "一般"), ("wide", "宽")]),
    ("policy_weight", "政策性", &[("weak", "弱"), ("medium", "一般"), ("strong", "强")]),
    ("scope", "全局或部门", &[("departmental", "部门任务"), ("citywide", "全局工作")]),
    ("generality", "共性或个性", &[("individual", "个性诉求"), ("common", "共性需求")]),
    ("policy_axis", "政策或程序", &[("procedure", "程序规范"), ("measure", "政策措施")]),
    ("urgent", "紧急", &[("false", "否"), ("true", "是")]),
];
const AUDIENCES: [(&str, &str); 3] =
    [("public", "群众"), ("entrepreneur", "企业家"), ("service_recipient", "服务对象")];

/// Code, Chinese name, values.
type Axis = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Words that tell one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordList {
    /// The identifier that conditions use.
    pub code: String,
    /// What the words tell, in Chinese.
    pub label: String,
    /// The words.
    pub words: Vec<String>,
}

/// What must hold; a part that is absent holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// A word of any of these lists occurs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<String>,
    /// A word of each of these lists occurs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<String>,
    /// No word of these lists occurs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<String>,
    /// At least so many units of the city are touched by mandate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units_min: Option<u32>,
    /// At most so many units of the city are touched by mandate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units_max: Option<u32>,
    /// At least so many bodies are touched: units of the city and bodies that the plan leaves open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bodies_min: Option<u32>,
    /// At most so many bodies are touched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bodies_max: Option<u32>,
    /// It was assigned at least so often without an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatches_min: Option<u32>,
    /// At least so many submitters say the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voices_min: Option<u32>,
    /// One of these audiences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// One of these themes, or a theme below them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// One of these lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<String>,
    /// One of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub difficulty: Vec<String>,
    /// One of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub breadth: Vec<String>,
    /// One of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policy_weight: Vec<String>,
    /// One of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// One of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub generality: Vec<String>,
    /// One of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policy_axis: Vec<String>,
}

impl When {
    /// The values of an axis that are asked for.
    fn axis(&self, axis: &str) -> &[String] {
        match axis {
            "kind" => &self.kind,
            "difficulty" => &self.difficulty,
            "breadth" => &self.breadth,
            "policy_weight" => &self.policy_weight,
            "scope" => &self.scope,
            "generality" => &self.generality,
            "policy_axis" => &self.policy_axis,
            _ => &[],
        }
    }

    /// What must hold, in words.
    pub fn said(&self, tiering: &Tiering, themes: &Themes) -> String {
        let lists = |codes: &[String]| -> Vec<String> {
            codes.iter().map(|code| format!("“{}”", tiering.list_label(code))).collect()
        };
        let mut said = Vec::new();
        for (codes, start, joint) in
            [(&self.any, "说到", "或者"), (&self.all, "说到", "和"), (&self.none, "没有说到", "和")]
        {
            said.extend((!codes.is_empty()).then(|| format!("{start}{}", lists(codes).join(joint))));
        }
        let counts = [
            (self.units_min, "按职责涉及本市单位不少于", "个"),
            (self.units_max, "按职责涉及本市单位不多于", "个"),
            (self.bodies_min, "涉及不少于", "家"),
            (self.bodies_max, "涉及不多于", "家"),
            (self.dispatches_min, "已经交办不少于", "次"),
            (self.voices_min, "不少于", "位诉求人反映"),
        ];
        said.extend(counts.into_iter().filter_map(|(n, before, after)| Some(format!("{before} {} {after}", n?))));
        let themes: Vec<String> = self.themes.iter().map(|code| themes.label(code)).collect();
        said.extend((!themes.is_empty()).then(|| format!("领域：{}", themes.join("、"))));
        let worded = |values: &[String], known: &[(&str, &str)]| -> Vec<String> {
            let label =
                |value: &String| known.iter().find(|(code, _)| code == value).map(|(_, label)| (*label).to_owned());
            values.iter().filter_map(label).collect()
        };
        let audience = worded(&self.audience, &AUDIENCES);
        said.extend((!audience.is_empty()).then(|| format!("诉求人：{}", audience.join("、"))));
        for (axis, label, values) in AXES {
            let values = worded(self.axis(axis), values);
            said.extend((!values.is_empty()).then(|| format!("{label}：{}", values.join("、"))));
        }
        if said.is_empty() { "以上都不成立".to_owned() } else { said.join("；") }
    }
}

/// How one axis follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AxisRule {
    /// The identifier.
    pub code: String,
    /// The axis: a field of the triage.
    pub axis: String,
    /// Its value.
    pub value: String,
    /// What must hold.
    #[serde(default)]
    pub when: When,
}

/// Which tier and route follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierRule {
    /// The identifier.
    pub code: String,
    /// Its name, as reasons and reports write it.
    pub label: String,
    /// The tier.
    pub tier: String,
    /// The route.
    pub route: String,
    /// What must hold.
    #[serde(default)]
    pub when: When,
    /// The unit that leads whatever comes by this rule, where the rule says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    /// Why, as a sentence.
    pub because: String,
}

/// The whole rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tiering {
    /// Words that tell something.
    pub word_list: Vec<WordList>,
    /// Bodies that the plan does not name (市级有关部门), by the words of what they do.
    pub body: Vec<WordList>,
    /// How the axes follow, each axis by its first rule that holds.
    pub axis_rule: Vec<AxisRule>,
    /// How the route follows, by the first rule that holds.
    pub tier_rule: Vec<TierRule>,
}

impl Tiering {
    /// Takes the rule out of a file.
    pub(super) fn read(file: &mut Reader<'_>) -> Self {
        Self {
            word_list: file.entries("word_list"),
            body: file.entries("body"),
            axis_rule: file.entries("axis_rule"),
            tier_rule: file.entries("tier_rule"),
        }
    }

    /// What an axis is where no rule says anything.
    pub fn default_of(axis: &str) -> Option<&'static str> {
        AXES.iter().find(|(name, ..)| *name == axis).and_then(|(_, _, values)| values.first()).map(|(code, _)| *code)
    }

    /// The label of a word list.
    pub fn list_label<'a>(&'a self, code: &'a str) -> &'a str {
        self.word_list.iter().find(|list| list.code == code).map_or(code, |list| &list.label)
    }

    /// Notes every mistake: names that nobody gave, values that do not exist, nothing that always holds at the end.
    pub(super) fn check(
        &self,
        file: &str,
        themes: &Themes,
        handles: &dyn Fn(&str) -> bool,
        errors: &mut ProfileErrors,
    ) {
        let lists: BTreeSet<&str> = self.word_list.iter().map(|list| list.code.as_str()).collect();
        let mut check = Check { file, lists, themes, errors };
        check.lists("word_list", &self.word_list);
        check.lists("body", &self.body);
        check.distinct("axis_rule", self.axis_rule.iter().map(|rule| rule.code.as_str()));
        check.distinct("tier_rule", self.tier_rule.iter().map(|rule| rule.code.as_str()));
        for rule in &self.axis_rule {
            let key = format!("axis_rule[{}]", rule.code);
            match AXES.iter().find(|(axis, ..)| *axis == rule.axis) {
                None => check.wrong(format!("{key}.axis"), "没有这个维度", "no such axis"),
                Some((_, _, values)) => check.one_of(&format!("{key}.value"), &rule.value, &codes(values)),
            }
            check.when(&key, &rule.when);
        }
        for rule in &self.tier_rule {
            let key = format!("tier_rule[{}]", rule.code);
            check.one_of(&format!("{key}.tier"), &rule.tier, &TIERS);
            check.one_of(&format!("{key}.route"), &rule.route, &ROUTES);
            if rule.label.trim().is_empty() || rule.because.trim().is_empty() {
                check.wrong(format!("{key}.because"), "名称和理由都不能为空", "label and because must not be empty");
            }
            check.when(&key, &rule.when);
            if rule.lead.as_deref().is_some_and(|lead| !handles(lead)) {
                check.wrong(format!("{key}.lead"), "没有这个单位，或者它不能承办诉求", "no such handling unit");
            }
        }
        let always = |rule: &TierRule| rule.when == When::default();
        if self.tier_rule.iter().position(always) != self.tier_rule.len().checked_sub(1) {
            let chinese = "最后一条（也只有最后一条）不写条件，否则有的诉求没有去处，或者后面的规则轮不到";
            check.wrong("tier_rule".to_owned(), chinese, "exactly the last rule has no conditions");
        }
    }
}

fn codes(values: &[(&'static str, &str)]) -> Vec<&'static str> {
    values.iter().map(|(code, _)| *code).collect()
}

struct Check<'a> {
    file: &'a str,
    lists: BTreeSet<&'a str>,
    themes: &'a Themes,
    errors: &'a mut ProfileErrors,
}

impl Check<'_> {
    fn wrong(&mut self, key: String, chinese: &str, english: &str) {
        self.errors.add(self.file, key, chinese, english);
    }

    fn lists(&mut self, key: &str, lists: &[WordList]) {
        self.distinct(key, lists.iter().map(|list| list.code.as_str()));
        for list in lists.iter().filter(|list| list.words.iter().all(|word| word.trim().is_empty())) {
            self.wrong(format!("{key}[{}].words", list.code), "至少要有一个词", "at least one word");
        }
    }

    fn distinct<'b>(&mut self, key: &str, codes: impl Iterator<Item = &'b str>) {
        let mut seen = BTreeSet::new();
        for code in codes.filter(|code| !seen.insert(*code)) {
            self.wrong(format!("{key}[{code}]"), "重复出现", "appears twice");
        }
    }

    fn one_of(&mut self, key: &str, value: &str, allowed: &[&str]) {
        if !allowed.contains(&value) {
            let chinese = format!("没有“{value}”这个取值，可以是：{}", allowed.join("、"));
            self.wrong(key.to_owned(), &chinese, "not an allowed value");
        }
    }

    fn when(&mut self, rule: &str, when: &When) {
        for (part, lists) in [("any", &when.any), ("all", &when.all), ("none", &when.none)] {
            for list in lists.iter().filter(|list| !self.lists.contains(list.as_str())).collect::<Vec<_>>() {
                let chinese = format!("没有代码为“{list}”的词表");
                self.wrong(format!("{rule}.when.{part}"), &chinese, "no such word list");
            }
        }
        for theme in when.themes.iter().filter(|theme| self.themes.get(theme).is_none()).collect::<Vec<_>>() {
            let chinese = format!("没有代码为“{theme}”的领域");
            self.wrong(format!("{rule}.when.themes"), &chinese, "no such theme");
        }
        for (axis, _, allowed) in AXES {
            let values = when.axis(axis);
            values.iter().for_each(|value| self.one_of(&format!("{rule}.when.{axis}"), value, &codes(allowed)));
        }
        when.audience.iter().for_each(|value| self.one_of(&format!("{rule}.when.audience"), value, &codes(&AUDIENCES)));
    }
}
