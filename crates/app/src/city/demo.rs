//! The demonstration city's script: invented demands with everything that happens to them, as data. `profiles/demo/`
//! holds the script; whoever plays it needs only what stands here. Nothing in it is real: firms, codes, persons,
//! telephones and facts are made up.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{City, GradeCode, GroundKind, ProfileErrors, source};

/// A whole script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoCity {
    /// The profile that it plays in.
    pub profile: String,
    /// Day 0.
    pub start: Date,
    /// The firms, by a key of the script's own.
    #[serde(rename = "firm")]
    pub firms: Vec<ScriptFirm>,
    /// The demands, by day of receipt.
    #[serde(rename = "demand")]
    pub demands: Vec<DemandScript>,
    /// A chamber's sheet that comes in at the end.
    pub batch: Option<ScriptBatch>,
}

/// A sheet that somebody pastes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptBatch {
    /// Who brought it, and on what occasion.
    pub source: String,
    /// Its rows, with tabs between cells.
    pub sheet: String,
}

/// An invented firm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptFirm {
    /// The script's key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its code, with a valid check digit; household businesses and villages may have none.
    pub uscc: Option<String>,
    /// What it does, in words.
    pub sector: String,
    /// 规上, 小微, 个体工商户 …
    pub size: String,
    /// The unit code of its street or park.
    pub area: String,
}

/// An invented person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptPerson {
    /// The name.
    pub name: String,
    /// A telephone of a range that nobody has.
    pub phone: String,
}

/// The sorting of a demand, in the API's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptAxes {
    /// `easy`, `medium`, `hard`.
    pub difficulty: String,
    /// `narrow`, `medium`, `wide`.
    pub breadth: String,
    /// `weak`, `medium`, `strong`.
    pub policy_weight: String,
    /// `citywide`, `departmental`.
    pub scope: String,
    /// `common`, `individual`.
    pub generality: String,
    /// `measure`, `procedure`.
    pub policy_axis: String,
}

/// What becomes of a demand. Every step happens in office hours; the days are working days after the step before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Answered in time, called back, closed.
    OnTime,
    /// Answered after its due date, called back, closed.
    Late,
    /// Answered, called back, sent back with `redo_ground`, answered again, closed.
    Redone,
    /// Declined with `ground`.
    Declined,
    /// Withdrawn with `ground`.
    Withdrawn,
    /// Transferred out to `transfer_to` with a notice.
    TransferredOut,
    /// Just received.
    WaitsForTriage,
    /// Triaged, not assigned.
    WaitsForAssignment,
    /// Assigned, not acknowledged.
    WaitsForAcknowledgement,
    /// Acknowledged, nobody has called yet.
    WaitsForContact,
    /// In work.
    WaitsForReply,
    /// In work and past its due date.
    Overdue,
    /// Answered, not called back.
    WaitsForCallback,
    /// Called back, not closed.
    WaitsForClosing,
}

impl Fate {
    /// Whether the demand comes to a reply.
    pub fn replied(self) -> bool {
        matches!(self, Self::OnTime | Self::Late | Self::Redone | Self::WaitsForCallback | Self::WaitsForClosing)
    }

    /// Whether the demand comes to a call-back.
    pub fn called_back(self) -> bool {
        matches!(self, Self::OnTime | Self::Late | Self::Redone | Self::WaitsForClosing)
    }

    /// Whether the demand ends by `close`.
    pub fn closed(self) -> bool {
        matches!(self, Self::OnTime | Self::Late | Self::Redone)
    }

    /// Whether the demand is assigned to a unit.
    pub fn assigned(self) -> bool {
        !matches!(
            self,
            Self::Declined | Self::Withdrawn | Self::TransferredOut | Self::WaitsForTriage | Self::WaitsForAssignment
        )
    }
}

/// What happens on the way beside the plain course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Twist {
    /// It went to `wrong_lead` first, whose objection was upheld.
    Objected,
    /// The unit asked for more time and waits for the answer.
    AskedForTime,
    /// The unit asked for more time and got it.
    GotTime,
    /// The clock stands still: something is waited for.
    Suspended,
    /// It was raised to the leader in charge, who has not decided yet.
    Raised,
    /// It is handled together with the demand of the key in `joined_to`.
    Joined,
}

/// A reply in its three parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyScript {
    /// 政策解读.
    pub policy_reading: String,
    /// 措施.
    pub measures: String,
    /// 意见.
    pub opinion: String,
}

/// What was said on the telephone afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallbackScript {
    /// Whether somebody answered.
    pub reached: bool,
    /// Whether the matter is solved, as the submitter says.
    pub solved: Option<bool>,
    /// The grade that the submitter gives.
    pub grade: Option<GradeCode>,
    /// What the submitter said.
    pub note: Option<String>,
}

/// One demand with all that happens to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemandScript {
    /// A key of the script's own, `D001`.
    pub key: String,
    /// Calendar days after the start.
    pub day: u32,
    /// The time of day at which it comes in.
    pub time: Time,
    /// `public`, `entrepreneur`, `service_recipient`.
    pub audience: String,
    /// The channel's code.
    pub channel: String,
    /// The firm's key.
    pub firm: Option<String>,
    /// Who speaks.
    pub contact: Option<ScriptPerson>,
    /// The unit code of the place.
    pub area: Option<String>,
    /// In a few words.
    pub title: String,
    /// In the person's own words.
    pub text: String,
    /// `opinion`, `suggestion`, `matter`.
    pub kind: String,
    /// The theme's code.
    pub theme: String,
    /// The sorting.
    pub axes: ScriptAxes,
    /// `general`, `complex`, `key`, `major`.
    pub tier: String,
    /// `instant`, `assigned`, `joint`, `leader`, `special`.
    pub route: String,
    /// Whether it is marked urgent.
    #[serde(default)]
    pub urgent: bool,
    /// The lead unit's code.
    pub lead: String,
    /// Units that help, by code.
    #[serde(default)]
    pub co: Vec<String>,
    /// What is to be achieved.
    pub goal: String,
    /// What becomes of it.
    pub fate: Fate,
    /// The first contact's note.
    pub contact_note: Option<String>,
    /// Notes that only staff see.
    #[serde(default)]
    pub internal: Vec<String>,
    /// The reply, where it comes to one; for `redone` the last one.
    pub reply: Option<ReplyScript>,
    /// The reply that was sent back, for `redone`.
    pub first_reply: Option<ReplyScript>,
    /// The listed reason of the redo.
    pub redo_ground: Option<String>,
    /// What the first call-back heard, for `redone`.
    pub first_callback: Option<CallbackScript>,
    /// The call-back, where it comes to one.
    pub callback: Option<CallbackScript>,
    /// The outcome, where it is closed.
    pub outcome: Option<String>,
    /// The listed reason, for `declined`, `withdrawn` and `transferred_out`.
    pub ground: Option<String>,
    /// Who takes it over, for `transferred_out`: a unit code.
    pub transfer_to: Option<String>,
    /// What the submitter is told at such an end.
    pub notice: Option<String>,
    /// Working days from assignment to reply; absent: about half of the limit.
    pub reply_after: Option<u32>,
    /// What else happens on the way.
    pub twist: Option<Twist>,
    /// For `objected`: who had it first.
    pub wrong_lead: Option<String>,
    /// For `joined`: the key of the demand that is handled for both.
    pub joined_to: Option<String>,
    /// What the helping units say, in the order of `co`.
    #[serde(default)]
    pub opinions: Vec<String>,
}

impl DemoCity {
    /// The script of this city, where the program carries one.
    pub fn of(city: &City) -> Option<Result<Self, ProfileErrors>> {
        let file = format!("demo/{}_demands.toml", city.code);
        let text = String::from_utf8(source::embedded(&file)?).unwrap_or_default();
        let mut errors = ProfileErrors::default();
        let script = match toml::from_str::<Self>(&text) {
            Ok(script) => script,
            Err(error) => {
                errors.add(&file, "", "演示脚本写错了", error.to_string());
                return Some(Err(errors));
            }
        };
        script.check(city, &file, &mut errors);
        Some(errors.done().map(|()| script))
    }

    /// The firm of a key.
    pub fn firm(&self, key: &str) -> Option<&ScriptFirm> {
        self.firms.iter().find(|firm| firm.key == key)
    }

    fn check(&self, city: &City, file: &str, errors: &mut ProfileErrors) {
        let unit = |code: &str| city.unit_seeds.iter().any(|unit| unit.code == code);
        for firm in &self.firms {
            let bad_code = firm.uscc.as_ref().is_some_and(|code| kernel::uscc::Uscc::parse_strict(code).is_err());
            if bad_code || !unit(&firm.area) {
                errors.add(file, format!("firm[{}]", firm.key), "代码或所在地不对", "bad code or area");
            }
        }
        for demand in &self.demands {
            for (field, chinese) in demand.mistakes(self, city) {
                errors.add(file, format!("demand[{}].{field}", demand.key), chinese, "does not fit the profile");
            }
        }
    }
}

impl DemandScript {
    fn mistakes(&self, script: &DemoCity, city: &City) -> Vec<(&'static str, &'static str)> {
        let unit = |code: &String| city.unit_seeds.iter().any(|unit| unit.code == *code);
        let handles = |code: &String| city.unit_seeds.iter().any(|unit| unit.code == *code && unit.can_handle);
        let ground =
            |kind, code: &Option<String>| code.as_ref().is_some_and(|code| city.grounds.find(kind, code).is_some());
        let end = match self.fate {
            Fate::Declined => ground(GroundKind::Decline, &self.ground),
            Fate::Withdrawn => ground(GroundKind::Withdrawal, &self.ground),
            Fate::TransferredOut => {
                ground(GroundKind::Transfer, &self.ground) && self.transfer_to.as_ref().is_some_and(unit)
            }
            _ => self.ground.is_none(),
        };
        let redone =
            self.first_reply.is_some() && self.first_callback.is_some() && ground(GroundKind::Redo, &self.redo_ground);
        let checks = [
            ("channel", "没有这个渠道", city.channels.get(&self.channel).is_some()),
            ("theme", "没有这个领域", city.themes.get(&self.theme).is_some()),
            ("lead", "没有这个单位，或者它不能承办", handles(&self.lead)),
            ("co", "没有这个单位", self.co.iter().all(unit)),
            ("area", "没有这个单位", self.area.iter().all(unit)),
            ("firm", "没有这家企业", self.firm.iter().all(|key| script.firm(key).is_some())),
            ("route", "没有这种办理方式", city.route(&self.route).is_some()),
            ("reply", "这样的结局要有（或不该有）答复", self.reply.is_some() == self.fate.replied()),
            ("callback", "这样的结局要有（或不该有）回访", self.callback.is_some() == self.fate.called_back()),
            ("outcome", "这样的结局要有（或不该有）办理结果", self.outcome.is_some() == self.fate.closed()),
            ("redo_ground", "重办要有第一次答复、回访和理由", redone == (self.fate == Fate::Redone)),
            ("ground", "理由不在清单里，或者缺少去向", end),
            (
                "wrong_lead",
                "写明先交给了哪个单位",
                self.wrong_lead.as_ref().is_some_and(handles) == (self.twist == Some(Twist::Objected)),
            ),
            (
                "joined_to",
                "写明并入哪一件",
                self.joined_to.as_ref().is_some_and(|key| script.demands.iter().any(|d| d.key == *key))
                    == (self.twist == Some(Twist::Joined)),
            ),
        ];
        checks.into_iter().filter(|(_, _, holds)| !holds).map(|(field, chinese, _)| (field, chinese)).collect()
    }
}
