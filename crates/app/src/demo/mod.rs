//! Playing the demonstration's script: every demand goes through the same actions as real ones, at the instants at which
//! its people would have acted, in the order of time, so that the city that comes out is one that could have happened.

mod issues;
mod shortcuts;
mod together;

use std::sync::Arc;

use jiff::civil::Date;
use kernel::clock::FixedClock;
use kernel::uscc::Uscc;
use kernel::worktime::{Calendar, Limit};
use kernel::{Actor, Fault, Instant, Result};
use serde_json::{Map, Value, json};

use crate::absences::{self, AbsenceInput};
use crate::batches::{self, BatchInput};
use crate::city::Twist;
use crate::city::{
    self, CallbackScript, ClockKind, DemandScript, DemoCity, Fate, GradeCode, ReplyScript, ScriptBatch, ScriptFirm,
};
use crate::context::App;
use crate::demands::actions::{intake, moving};
use crate::demands::checks;
use crate::demands::rules::intake::{Entrance, read as read_intake};
use crate::demands::rules::moves::Move;
use crate::enterprises::EnterpriseInput;
use crate::processes::DraftInput;
use crate::simulator::Question;
use crate::views::{self, ViewInput};
use crate::{demands, enterprises, exchange, inbox, learning, people, processes, simulator};

/// Plays the script of the city, if it has one, so that its last day is the day of `until`; what would lie after `until`
/// has not happened yet. `clock` is the clock that `app` was made with. Says how many demands there are.
pub fn play(app: &App, clock: &Arc<FixedClock>, until: Instant) -> Result<usize> {
    let script = match DemoCity::of(app.city()) {
        // A profile without a script still gets its people, so that somebody can log in and begin.
        None => return people::seed_demo(app).map(|_| 0),
        Some(script) => script.map_err(|errors| Fault::new("read the demonstration's script", errors))?,
    };
    let mut player = Player::new(app, clock, &script, until)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().build().map_err(|e| Fault::new("start a runtime", e))?;
    let mut acts: Vec<(Instant, usize, Act)> = Vec::new();
    for (index, demand) in script.demands.iter().enumerate() {
        acts.extend(player.acts(demand).into_iter().map(|(at, act)| (at, index, act)));
    }
    acts.retain(|(at, _, _)| *at <= until);
    // Stable, so that acts of one demand at one instant stay in their order.
    acts.sort_by_key(|(at, _, _)| *at);
    let mut nights = Nights::default();
    for (at, index, act) in acts {
        nights.pass(app, clock, at, &act)?;
        clock.set(at);
        runtime.block_on(player.perform(index, &script.demands[index], act))?;
    }
    clock.set(until);
    if let Some(batch) = &script.batch {
        runtime.block_on(player.paste(batch))?;
    }
    let handed: Vec<(String, String)> = script
        .demands
        .iter()
        .zip(&player.numbers)
        .filter(|(_, number)| number.is_some())
        .filter_map(|(demand, _)| handed_by(app, demand))
        .collect();
    exchange::demo::play(app, &player.desk, &handed, until)?;
    app.write_now(&player.desk, |cx| views::create(cx, &saved_view()).map(drop))?;
    player.somebody_is_away(until)?;
    reminders(app, clock, until)?;
    shortcuts::keep(app, clock, until)?;
    issues::decide(app, clock, until)?;
    draft_process(app, &player.desk)?;
    Ok(player.numbers.iter().flatten().count())
}

/// The nights between the acts. The city learns after every so many decisions, not each night: the months would take minutes.
#[derive(Default)]
struct Nights {
    day: Option<Date>,
    decided: usize,
}

impl Nights {
    /// Decisions between two lessons.
    const BETWEEN: usize = 20;

    /// Lets the night before `at` pass, if there was one.
    fn pass(&mut self, app: &App, clock: &FixedClock, at: Instant, act: &Act) -> Result<()> {
        let zone = &app.city().zone;
        let day = at.in_zone(zone).date();
        let before = self.day.replace(day).unwrap_or(day);
        if before < day && self.decided >= Self::BETWEEN {
            let night = day.at(3, 0, 0, 0).to_zoned_datetime(zone.clone()).map(|night| Instant::from(&night));
            if let Some(night) = night.ok().filter(|night| *night < at) {
                clock.set(night);
                learning::nightly(app)?;
                self.decided = 0;
            }
        }
        self.decided += usize::from(matches!(act, Act::Move(Move::Triage, _, _)));
        Ok(())
    }
}

/// The remote that handed a demand over, and its number there.
fn handed_by(app: &App, demand: &DemandScript) -> Option<(String, String)> {
    let remote = app.city().remotes.iter().find(|remote| remote.channel == demand.channel)?;
    Some((remote.code.clone(), exchange::demo::case_of(&remote.code, &demand.key)))
}

/// The digests of the last morning, and what has come since.
fn reminders(app: &App, clock: &FixedClock, until: Instant) -> Result<()> {
    let calendar = app.calendar();
    let today = calendar.date_at(until);
    let mornings = [0, -1].into_iter().filter_map(|n| calendar.opening(calendar.working_day_from(today, n).ok()?));
    if let Some(morning) = mornings.filter(|morning| *morning <= until).max() {
        clock.set(morning);
        inbox::work(app)?;
    }
    clock.set(until);
    inbox::work(app)
}

/// The list that the coordinator opens every morning.
fn saved_view() -> ViewInput {
    let (name, query) = ("逾期未办结", "status=open&overdue=true&sort=due");
    ViewInput { name: Some(name.to_owned()), query: Some(query.to_owned()), shared: true }
}

/// A second process version, drafted and tried on what has happened so far: shorter consultations, and three bodies are
/// enough for one.
fn draft_process(app: &App, desk: &Actor) -> Result<()> {
    let drafted = app.write_now(desk, |cx| {
        let mut process = processes::in_force(cx)?.process.clone();
        process.limits.insert(ClockKind::Joint, Limit::WorkingDays(8));
        process.limits.insert(ClockKind::Assigned, Limit::WorkingDays(4));
        for rule in process.tiering.tier_rule.iter_mut().filter(|rule| rule.when.bodies_min == Some(4)) {
            rule.when.bodies_min = Some(3);
            rule.label = "涉及三家即会商".to_owned();
        }
        let title = Some("会商 8 个工作日、交办 4 个工作日，涉及三家即会商".to_owned());
        let draft = DraftInput { edit: None, title, content: Some(process.write(cx.app.city())) };
        processes::actions::create(cx, &draft)
    });
    let question = Question { version: Some(drafted?.version), ..Question::default() };
    let answered = app.read_now(desk, move |cx| simulator::simulate(cx, &question))?;
    app.write_now(desk, move |cx| simulator::note(cx, &answered))
}

/// One thing that somebody does.
#[derive(Clone, Debug)]
enum Act {
    Submit,
    Join,
    Move(Move, Actor, Value),
    Note(Actor, String),
    Rate(GradeCode, Option<String>),
}

struct Player<'a> {
    app: &'a App,
    script: &'a DemoCity,
    calendar: Arc<Calendar>,
    start: Date,
    desk: Actor,
    independent: Actor,
    /// Number and query code of each demand that has come in.
    numbers: Vec<Option<(String, String)>>,
}

impl<'a> Player<'a> {
    fn new(app: &'a App, clock: &FixedClock, script: &'a DemoCity, until: Instant) -> Result<Self> {
        let last_day = script.demands.iter().map(|d| i64::from(d.day)).max().unwrap_or_default();
        let today = until.in_zone(&app.city().zone).date();
        let start = today.saturating_sub(jiff::Span::new().days(last_day));
        // The accounts were there before the first demand.
        clock.set(app.calendar().opening(start).unwrap_or(until).min(until));
        people::seed_demo(app)?;
        Ok(Self {
            app,
            script,
            calendar: app.calendar(),
            start,
            desk: account(app, "tongchou")?,
            independent: account(app, "huifang")?,
            numbers: vec![None; script.demands.len()],
        })
    }

    /// This week a head of a unit is away, whose demands wait for somebody.
    fn somebody_is_away(&self, until: Instant) -> Result<()> {
        let waiting = self.script.demands.iter().find(|d| d.fate == Fate::WaitsForAcknowledgement);
        let Some(unit) = waiting.map(|d| d.lead.clone()) else { return Ok(()) };
        let today = self.calendar.date_at(until);
        let last = self.calendar.working_day_from(today, 3).unwrap_or(today);
        let input = AbsenceInput {
            from: Some(today.to_string()),
            until: Some(last.to_string()),
            until_half: Some("am".to_owned()),
            substitute: Some(format!("{unit}.cb")),
            reason: Some("外出培训".to_owned()),
            ..AbsenceInput::default()
        };
        let head = account(self.app, &format!("{unit}.fzr"))?;
        self.app.write_now(&head, move |cx| absences::record(cx, &input).map(drop))
    }

    /// Everything that happens to a demand, with its instants.
    fn acts(&mut self, d: &DemandScript) -> Vec<(Instant, Act)> {
        let mut line = Line {
            calendar: &self.calendar,
            at: self.received_at(d),
            jitter: d.day.wrapping_mul(7919),
            acts: Vec::new(),
        };
        line.now(Act::Submit);
        let unit = |post: &str| account(self.app, &format!("{}.{post}", d.lead)).unwrap_or_else(|_| self.desk.clone());
        let (handler, desk) = (unit("cb"), self.desk.clone());
        let closer =
            if Some(&d.lead) == self.desk.unit.as_ref() { self.independent.clone() } else { self.desk.clone() };
        if d.fate == Fate::WaitsForTriage {
            return line.acts;
        }
        if self.ends_early(d, &mut line) {
            return line.acts;
        }
        line.after(8, 40, Act::Move(Move::Triage, desk.clone(), triage(d)));
        if d.fate == Fate::WaitsForAssignment {
            return line.acts;
        }
        if d.twist == Some(Twist::Joined) {
            line.after(5, 15, Act::Join);
            return line.acts;
        }
        let assigned = self.hand_over(d, &mut line);
        if d.fate == Fate::WaitsForAcknowledgement {
            return line.acts;
        }
        line.after(20, 120, Act::Move(Move::Acknowledge, handler.clone(), json!({})));
        self.helpers(d, assigned, &mut line);
        if d.fate == Fate::WaitsForContact {
            return line.acts;
        }
        let contact = d.contact_note.clone().unwrap_or_else(|| "已与诉求人电话联系，核实了情况。".to_owned());
        line.after(15, 90, Act::Move(Move::FirstContact, handler.clone(), json!({"note": contact})));
        for note in &d.internal {
            line.after(30, 200, Act::Note(handler.clone(), note.clone()));
        }
        if self.twists(d, &mut line) {
            return line.acts;
        }
        if let Some(first) = &d.first_reply {
            line.reply(assigned, self.reply_days(d).saturating_sub(1).max(1), &handler, first);
            line.callback(d.first_callback.as_ref(), &closer);
            let reason = d.redo_ground.as_deref().and_then(|code| {
                self.app.city().grounds.find(crate::city::GroundKind::Redo, code).map(|g| g.label.clone())
            });
            line.after(5, 20, Act::Move(Move::Redo, desk.clone(), json!({"reason": reason.unwrap_or_default()})));
        }
        if let Some(reply) = &d.reply {
            let from = if d.first_reply.is_some() { line.at } else { assigned };
            line.reply(from, self.reply_days(d), &handler, reply);
            if let Some(grade) = d.callback.as_ref().and_then(|c| c.grade).filter(|_| !d.day.is_multiple_of(3)) {
                line.after(60, 300, Act::Rate(grade, None));
            }
        }
        line.callback(d.callback.as_ref(), &closer);
        if d.fate.closed() {
            line.after(5, 30, Act::Move(Move::Close, closer, json!({"outcome": d.outcome})));
        }
        line.acts
    }

    /// Declined, withdrawn or transferred out before anybody was assigned.
    fn ends_early(&self, d: &DemandScript, line: &mut Line<'_>) -> bool {
        let ground = |kind| {
            let found = d.ground.as_deref().and_then(|code| self.app.city().grounds.find(kind, code));
            found.map(|g| g.label.clone()).unwrap_or_default()
        };
        let notice = d.notice.clone();
        let (make, input) = match d.fate {
            Fate::Declined => (Move::Decline, json!({"ground": d.ground, "note": notice})),
            Fate::Withdrawn => (Move::Withdraw, json!({"reason": ground(crate::city::GroundKind::Withdrawal)})),
            Fate::TransferredOut => {
                let seeds = &self.app.city().unit_seeds;
                let receiver = seeds.iter().find(|u| Some(&u.code) == d.transfer_to.as_ref()).map(|u| u.name.clone());
                let reason = notice.unwrap_or_else(|| ground(crate::city::GroundKind::Transfer));
                (Move::Transfer, json!({"receiver": receiver, "reason": reason}))
            }
            _ => return false,
        };
        line.after(20, 180, Act::Move(make, self.desk.clone(), input));
        true
    }

    fn received_at(&self, d: &DemandScript) -> Instant {
        let day = self.start.saturating_add(jiff::Span::new().days(i64::from(d.day)));
        let channel = self.app.city().channels.get(&d.channel);
        // Nobody visits or receives on a day off; what is written or called in comes on any day.
        let in_person = channel.is_some_and(|c| c.line == city::Line::Offline);
        let day = if in_person { self.calendar.working_day_from(day, 0).unwrap_or(day) } else { day };
        let zoned = day.to_datetime(d.time).to_zoned_datetime(self.app.city().zone.clone());
        zoned.map_or(Instant(0), |zoned| Instant::from(&zoned))
    }

    /// Working days from assignment to reply: the script's, or about half of the limit.
    fn reply_days(&self, d: &DemandScript) -> u32 {
        let limit = match d.route.as_str() {
            "instant" => 1,
            "joint" => 10,
            "leader" => 15,
            "special" => 30,
            _ => 5,
        };
        d.reply_after.unwrap_or(if d.fate == Fate::Late { limit + 2 } else { (limit / 2).max(1) })
    }

    async fn perform(&mut self, index: usize, d: &DemandScript, act: Act) -> Result<()> {
        let (number, code) = match (&self.numbers[index], &act) {
            (None, Act::Submit) => {
                let channel = self.app.city().channels.get(&d.channel);
                let actor = if channel.is_some_and(|c| c.public) { Actor::public() } else { self.desk.clone() };
                let said = read_intake(&self.said(d), Entrance::Staff, self.app.city())?;
                let receipt = intake::submit(self.app, &actor, said, Vec::new()).await?;
                self.numbers[index] = Some((receipt.number, receipt.code));
                return match d.firm.as_deref().and_then(|key| self.script.firm(key)) {
                    Some(firm) => self.describe(firm).await,
                    None => Ok(()),
                };
            }
            (Some(known), _) => known.clone(),
            (None, _) => return Ok(()),
        };
        match act {
            Act::Submit => Ok(()),
            Act::Join => {
                let root = self.script.demands.iter().position(|other| Some(&other.key) == d.joined_to.as_ref());
                let Some((into, _)) = root.and_then(|root| self.numbers[root].clone()) else { return Ok(()) };
                let input = json!({"into": into, "reason": "同一企业反映同一件事"});
                self.make(d, number, Move::Merge, self.desk.clone(), input).await
            }
            Act::Note(actor, text) => self.app.write(&actor, move |cx| moving::note(cx, &number, Some(&text))).await,
            Act::Rate(grade, text) => {
                let grade = serde_json::to_value(grade).ok().and_then(|v| v.as_str().map(str::to_owned));
                let input = moving::RatingInput { grade, reasons: Vec::new(), text };
                self.app.write(&Actor::public(), move |cx| moving::rate(cx, &number, &code, &input)).await
            }
            Act::Move(make, actor, input) => self.make(d, number, make, actor, input).await,
        }
    }

    async fn make(&self, d: &DemandScript, number: String, make: Move, actor: Actor, input: Value) -> Result<()> {
        let Value::Object(input) = input else { return Ok(()) };
        let made = self.app.write(&actor, move |cx| {
            let mut input = input.clone();
            let case = moving::load(cx, &number)?;
            // The unit ticks what it has done when it replies, the dispatcher the rest before closing.
            let ticks = match make {
                Move::Reply => 1,
                Move::Close => usize::MAX,
                _ => 0,
            };
            for check in checks::of(cx, &case)?.into_iter().filter(|check| check.done.is_none()).take(ticks) {
                checks::tick(cx, &number, Some(&check.item.code), true)?;
            }
            input.insert("version".into(), case.demand.version.into());
            moving::make(cx, &number, make, &input).map(drop)
        });
        made.await.map_err(|error| Fault::broken(format!("{}: {}: {error}", d.key, make.code())).into())
    }

    /// A chamber's sheet, pasted and registered.
    async fn paste(&self, batch: &ScriptBatch) -> Result<()> {
        let (source, sheet) = (Some(batch.source.clone()), Some(batch.sheet.clone()));
        let input = BatchInput { source, sheet, ..BatchInput::default() };
        let batch = batches::read(&input, self.app.city(), self.app.now())?;
        let numbers = batches::numbers(self.app, &self.desk, &batch).await?;
        self.app.write(&self.desk, move |cx| batches::register(cx, &batch, &numbers).map(drop)).await
    }

    /// Writes down what the script says of a firm, the first time that it is heard of.
    async fn describe(&self, firm: &ScriptFirm) -> Result<()> {
        let Some(code) = firm.uscc.as_deref().and_then(|code| Uscc::parse(code).ok()) else { return Ok(()) };
        let area = self.app.city().unit_seeds.iter().find(|unit| unit.code == firm.area).map(|unit| unit.name.clone());
        let (industry, size) = (Some(firm.sector.clone()), Some(firm.size.clone()));
        let described = self.app.write(&self.desk, move |cx| {
            let Some(found) = enterprises::find_or_register(cx, Some(&code), None)? else { return Ok(()) };
            if found.industry.is_some() {
                return Ok(());
            }
            let (industry, size, area) = (industry.clone(), size.clone(), area.clone());
            let (version, uscc, name) = (Some(found.version), found.uscc, Some(found.name));
            let input = EnterpriseInput { version, uscc, name, industry, size, area };
            enterprises::amend(cx, found.id, &input).map(drop)
        });
        described.await
    }

    fn said(&self, d: &DemandScript) -> Map<String, Value> {
        let firm = d.firm.as_deref().and_then(|key| self.script.firm(key));
        let area = d.area.as_deref().and_then(|code| self.app.city().unit_seeds.iter().find(|u| u.code == code));
        let handed = handed_by(self.app, d);
        let said = json!({
            "audience": d.audience, "title": d.title, "text": d.text,
            "channel": d.channel,
            "enterprise": firm.map(|f| json!({"name": f.name, "uscc": f.uscc})),
            "contact": d.contact.as_ref().map(|c| json!({"name": c.name, "phone": c.phone})),
            "area": area.map(|unit| &unit.name),
            "source": handed.as_ref().map(|(source, _)| source), "source_id": handed.as_ref().map(|(_, id)| id),
        });
        let Value::Object(said) = said else { return Map::new() };
        said
    }
}

/// The acts of one demand, as they follow one another in working time.
struct Line<'a> {
    calendar: &'a Calendar,
    at: Instant,
    jitter: u32,
    acts: Vec<(Instant, Act)>,
}

impl Line<'_> {
    fn now(&mut self, act: Act) {
        self.acts.push((self.at, act));
    }

    /// `act`, some working minutes after the act before.
    fn after(&mut self, least: i64, most: i64, act: Act) {
        self.jitter = self.jitter.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let minutes = least + i64::from(self.jitter >> 8) % (most - least).max(1);
        self.at = self.calendar.add_working_minutes(self.at, minutes).unwrap_or(self.at);
        self.now(act);
    }

    /// A reply on the `days`-th working day after `from`, some time before the offices close.
    fn reply(&mut self, from: Instant, days: u32, handler: &Actor, reply: &ReplyScript) {
        let due = self.calendar.due(from, kernel::worktime::Limit::WorkingDays(days)).map_or(self.at, |due| due.at);
        let early = 20 + i64::from(self.jitter >> 8) % 150;
        let at = self.calendar.add_working_minutes(due, -early).unwrap_or(due);
        self.at = at.max(self.at);
        let input =
            json!({"policy_reading": reply.policy_reading, "measures": reply.measures, "opinion": reply.opinion});
        self.after(5, 15, Act::Move(Move::Reply, handler.clone(), input));
    }

    fn callback(&mut self, callback: Option<&CallbackScript>, by: &Actor) {
        let Some(callback) = callback else { return };
        let input = json!({"reached": callback.reached, "solved": callback.solved, "grade": callback.grade,
            "note": callback.note});
        self.after(240, 600, Act::Move(Move::Callback, by.clone(), input));
    }
}

fn triage(d: &DemandScript) -> Value {
    let axes = &d.axes;
    json!({"kind": d.kind, "theme": d.theme, "difficulty": axes.difficulty, "breadth": axes.breadth,
        "policy_weight": axes.policy_weight, "scope": axes.scope, "generality": axes.generality,
        "policy_axis": axes.policy_axis, "tier": d.tier, "route": d.route, "urgent": d.urgent})
}

fn account(app: &App, username: &str) -> Result<Actor> {
    let name = username.to_owned();
    app.read_now(&Actor::system(), move |cx| people::actor(cx, &name))
}

/// Whether the city has heard anything yet; a demonstration is only played into an empty one.
pub fn is_empty(app: &App) -> Result<bool> {
    app.read_now(&Actor::system(), demands::actions::listing::is_empty)
}
