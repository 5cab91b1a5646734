//! What must hold between the files of a profile: every name that is used exists, nothing is there twice, and what the
//! program needs is present.

use std::collections::BTreeSet;

use kernel::{Role, worktime::Limit};

use super::tiering::{ROUTES, TIERS};
use super::{City, DEMAND_STATUSES, GroundKind, ProfileErrors, RoleText, Task, ThemeGroup, UnitKind, plain_name};

/// Looks at a whole city.
pub(super) fn city(city: &City, errors: &mut ProfileErrors) {
    let mut check = Check { city, errors };
    check.head();
    check.units();
    check.themes();
    check.synonyms();
    check.channels();
    check.remotes();
    check.routes();
    check.checklists();
    check.roles();
    check.tasks();
    check.grounds();
    check.clocks();
}

/// How long a clock may be.
pub(super) const RANGE: &str = "应为 0 至 250 个工作日，或 1 至 6000 分钟办公时间";

/// Whether a clock may be as long as this.
pub(super) fn fits(limit: Limit) -> bool {
    !matches!(limit, Limit::WorkingDays(251..) | Limit::WorkingMinutes(0 | 6_001..))
}

struct Check<'a> {
    city: &'a City,
    errors: &'a mut ProfileErrors,
}

impl Check<'_> {
    fn head(&mut self) {
        let prefix = &self.city.number_prefix;
        if prefix.is_empty() || prefix.len() > 4 || !prefix.bytes().all(|b| b.is_ascii_uppercase()) {
            self.errors.add("city.toml", "number_prefix", "应为 1 至 4 个大写字母", "1 to 4 capital letters");
        }
        let city = self.city;
        for (key, text) in [("name", &city.name), ("title", &city.title), ("short_title", &city.short_title)] {
            if text.trim().is_empty() {
                self.errors.add("city.toml", key, "不能为空", "must not be empty");
            }
        }
        self.code("city.toml", "code", &city.code);
        self.unit("city.toml", "dispatcher", &city.dispatcher, true);
        self.unit("city.toml", "leading_group", &city.leading_group, false);
        for code in &city.issue_coordinators {
            self.unit("city.toml", "issue_coordinators", code, false);
        }
        if let Some(park) = &city.park {
            self.unit("city.toml", "park", park, true);
        }
    }

    fn units(&mut self) {
        let city = self.city;
        self.distinct("units.toml", "unit", city.unit_seeds.iter().map(|unit| unit.code.as_str()));
        let names = city.unit_seeds.iter().flat_map(|unit| {
            let own: BTreeSet<String> = [&unit.name]
                .into_iter()
                .chain(&unit.short_name)
                .chain(&unit.aliases)
                .map(|name| plain_name(name))
                .collect();
            own
        });
        let names: Vec<String> = names.collect();
        self.distinct("units.toml", "name", names.iter().map(String::as_str));
        for unit in &city.unit_seeds {
            let key = |field: &str| format!("unit[{}].{field}", unit.code);
            self.code("units.toml", &key("code"), &unit.code);
            for (field, other) in [("parent", &unit.parent), ("successor", &unit.successor)] {
                if let Some(other) = other {
                    self.unit("units.toml", &key(field), other, false);
                }
            }
            let backwards = |from: Option<jiff::civil::Date>, to: Option<jiff::civil::Date>| matches!((from, to), (Some(from), Some(to)) if to < from);
            if backwards(unit.valid_from.or(Some(city.plan.date)), unit.valid_to) {
                self.errors.add("units.toml", key("valid_to"), "早于起始日", "ends before it begins");
            }
            if backwards(unit.enterprise_facing, unit.enterprise_facing_to) {
                self.errors.add("units.toml", key("enterprise_facing_to"), "早于起始日", "ends before it begins");
            }
            if unit.kind == UnitKind::Subdistrict && unit.division.is_none() {
                self.errors.add("units.toml", key("division"), "街道要写区划代码", "a street needs its division code");
            }
        }
    }

    fn themes(&mut self) {
        let themes = &self.city.themes;
        self.distinct("themes.toml", "theme", themes.all().iter().map(|theme| theme.code.as_str()));
        for theme in themes.all() {
            let key = |field: &str| format!("theme[{}].{field}", theme.code);
            self.code("themes.toml", &key("code"), &theme.code);
            if theme.parent.is_none() == theme.groups.is_empty() {
                let chinese = "一级领域写 groups，二级领域写 parent，二者必居其一";
                self.errors.add("themes.toml", key("groups"), chinese, "either groups or a parent");
            }
            if let Some(parent) = &theme.parent
                && themes.get(parent).is_none_or(|parent| parent.parent.is_some())
            {
                let chinese = format!("没有“{parent}”这个一级领域");
                self.errors.add("themes.toml", key("parent"), chinese, "no such first-level theme");
            }
            theme.lead_units.iter().for_each(|unit| self.unit("themes.toml", &key("lead_units"), unit, true));
        }
        for group in ThemeGroup::ALL {
            if themes.in_group(group).next().is_none() {
                let chinese = format!("“{}”一组没有领域", group.label());
                self.errors.add("themes.toml", "groups", chinese, "a group without themes");
            }
        }
    }

    fn synonyms(&mut self) {
        for (number, words) in self.city.synonyms.iter().enumerate() {
            if words.len() < 2 || words.iter().any(|word| word.trim().chars().count() < 2) {
                let key = format!("same[第 {} 组]", number + 1);
                let chinese = "一组至少两个词，每个词至少两个字";
                self.errors.add("themes.toml", key, chinese, "two words at least, of two characters at least");
            }
        }
    }

    fn channels(&mut self) {
        let city = self.city;
        let channels = city.channels.all();
        self.distinct("channels.toml", "channel", channels.iter().map(|channel| channel.code.as_str()));
        let names = channels.iter().flat_map(|channel| [&channel.label].into_iter().chain(&channel.aliases));
        self.distinct("channels.toml", "label", names.map(String::as_str));
        for channel in channels {
            let key = |field: &str| format!("channel[{}].{field}", channel.code);
            self.code("channels.toml", &key("code"), &channel.code);
            if !matches!(channel.letter.as_bytes(), [b'A'..=b'Z']) {
                self.errors.add("channels.toml", key("letter"), "应为一个大写字母", "one capital letter");
            }
            if let Some(task) = &channel.task
                && !city.tasks.iter().any(|known| known.code == *task)
            {
                self.errors.add("channels.toml", key("task"), format!("没有任务“{task}”"), "no such task");
            }
        }
        if city.channels.get("web").is_none_or(|channel| !channel.public) {
            let chinese = "须有代码为 web、public = true 的渠道，门户提交用它";
            self.errors.add("channels.toml", "channel[web]", chinese, "the portal needs a public channel called web");
        }
    }

    fn remotes(&mut self) {
        let city = self.city;
        self.distinct("channels.toml", "remote", city.remotes.iter().map(|remote| remote.code.as_str()));
        for remote in &city.remotes {
            let key = |field: &str| format!("remote[{}].{field}", remote.code);
            self.code("channels.toml", &key("code"), &remote.code);
            if city.channels.get(&remote.channel).is_none() {
                let chinese = format!("没有渠道“{}”", remote.channel);
                self.errors.add("channels.toml", key("channel"), chinese, "no such channel");
            }
            self.distinct("channels.toml", &key("status"), remote.statuses.iter().map(|status| status.code.as_str()));
            let told = remote.statuses.iter().flat_map(|status| &status.ours).map(String::as_str);
            self.exactly("channels.toml", &key("status.ours"), &DEMAND_STATUSES, told);
        }
    }

    fn routes(&mut self) {
        let routes = &self.city.routes;
        self.exactly("routes.toml", "route", &ROUTES, routes.iter().map(|route| route.code.as_str()));
        for route in routes {
            let key = format!("route[{}].tiers", route.code);
            for tier in route.tiers.iter().filter(|tier| !TIERS.contains(&tier.as_str())) {
                self.errors.add("routes.toml", &key, format!("没有“{tier}”这个层级"), "no such tier");
            }
        }
        let handles = |code: &str| self.city.unit_seeds.iter().any(|unit| unit.can_handle && unit.code == code);
        self.city.tiering.check("routes.toml", &self.city.themes, &handles, self.errors);
    }

    fn checklists(&mut self) {
        let items = &self.city.checklists;
        self.distinct("checklists.toml", "item", items.iter().map(|item| item.code.as_str()));
        for item in items {
            self.code("checklists.toml", &format!("item[{}].code", item.code), &item.code);
            if !ROUTES.contains(&item.route.as_str()) {
                let chinese = format!("没有“{}”这种办理形式", item.route);
                self.errors.add("checklists.toml", format!("item[{}].route", item.code), chinese, "no such route");
            }
            if item.label.trim().is_empty() || item.label.chars().count() > 40 {
                let chinese = "应为 1 至 40 个字";
                self.errors.add("checklists.toml", format!("item[{}].label", item.code), chinese, "1 to 40 characters");
            }
        }
    }

    fn roles(&mut self) {
        let known = Role::ALL.map(Role::code);
        let roles: &[RoleText] = &self.city.roles;
        self.exactly("roles.toml", "role", &known, roles.iter().map(|role| role.code.code()));
        for role in roles {
            if let Some(unit) = &role.unit {
                self.unit("roles.toml", &format!("role[{}].unit", role.code.code()), unit, false);
            }
        }
    }

    fn tasks(&mut self) {
        let city = self.city;
        self.distinct("tasks.toml", "task", city.tasks.iter().map(|task| task.code.as_str()));
        for task in &city.tasks {
            let key = |field: &str| format!("task[{}].{field}", task.code);
            for (field, units) in [("lead", &task.lead), ("responsible", &task.responsible)] {
                for unit in units.iter().filter(|unit| !Task::SETS.contains(&unit.as_str())) {
                    self.unit("tasks.toml", &key(field), unit, false);
                }
            }
            let measured = |clock: &String| clock == "quarter_report" || city.clocks.duties.contains_key(clock);
            if let Some(clock) = task.clock.as_ref().filter(|clock| !measured(clock)) {
                let chinese = format!("clocks.toml 里没有“{clock}”这项义务");
                self.errors.add("tasks.toml", key("clock"), chinese, "no such duty in clocks.toml");
            }
        }
    }

    fn grounds(&mut self) {
        for kind in GroundKind::ALL {
            let grounds = self.city.grounds.list(kind);
            self.distinct("grounds.toml", kind.code(), grounds.iter().map(|ground| ground.code.as_str()));
            if grounds.is_empty() {
                let chinese = format!("“{}”至少要有一条理由", kind.label());
                self.errors.add("grounds.toml", kind.code(), chinese, "at least one ground");
            }
        }
    }

    fn clocks(&mut self) {
        let clocks = &self.city.clocks;
        for rule in clocks.rules() {
            if !fits(rule.limit) {
                let key = format!("limits.{}.limit", rule.kind.code());
                self.errors.add("clocks.toml", key, RANGE, "out of range");
            }
        }
        let rates = [
            ("extension.max_ratio", clocks.extension.max_ratio),
            ("supervise.blue_used_ratio", clocks.supervise.blue_used_ratio),
            ("supervise.lookback_random_rate", clocks.supervise.lookback_random_rate),
            ("rating.callback_rate_enterprise", clocks.rating.callback_rate_enterprise),
        ];
        for (key, _) in rates.iter().filter(|(_, rate)| !(0.0..=1.0).contains(rate)) {
            self.errors.add("clocks.toml", *key, "应在 0 与 1 之间", "must lie between 0 and 1");
        }
        let approver = clocks.extension.second_approver.clone();
        self.unit("clocks.toml", "extension.second_approver", &approver, false);
        let rating = &clocks.rating;
        if rating.bad.iter().any(|grade| !rating.grades.contains(grade)) || rating.grades.len() < 2 {
            self.errors.add(
                "clocks.toml",
                "rating.bad",
                "差评的档次须在 grades 之中",
                "bad grades must be among grades",
            );
        }
    }

    fn unit(&mut self, file: &str, key: &str, code: &str, handling: bool) {
        match self.city.unit_seeds.iter().find(|unit| unit.code == code) {
            None => self.errors.add(file, key, format!("units.toml 里没有代码为“{code}”的单位"), "no such unit"),
            Some(unit) if handling && !unit.can_handle => {
                self.errors.add(file, key, format!("“{}”不能承办诉求", unit.name), "this unit cannot handle demands");
            }
            Some(_) => {}
        }
    }

    fn code(&mut self, file: &str, key: &str, code: &str) {
        let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if code.is_empty() || code.len() > 32 || !code.bytes().all(fine) {
            let chinese = format!("代码“{code}”只能用小写字母、数字和连字符，最长 32 个");
            self.errors.add(file, key, chinese, "lower-case letters, digits and hyphens only");
        }
    }

    fn distinct<'b>(&mut self, file: &str, key: &str, values: impl Iterator<Item = &'b str>) {
        let mut seen = BTreeSet::new();
        for value in values {
            if !seen.insert(value) {
                self.errors.add(file, format!("{key}[{value}]"), "重复出现", "appears twice");
            }
        }
    }

    fn exactly<'b>(&mut self, file: &str, key: &str, wanted: &[&str], values: impl Iterator<Item = &'b str> + Clone) {
        self.distinct(file, key, values.clone());
        for missing in wanted.iter().filter(|wanted| !values.clone().any(|value| value == **wanted)) {
            self.errors.add(file, format!("{key}[{missing}]"), "缺少这一项", "the entry is missing");
        }
        for extra in values.filter(|value| !wanted.contains(value)) {
            self.errors.add(file, format!("{key}[{extra}]"), "程序不认识这一项", "the program does not know it");
        }
    }
}
