//! Learning: decisions are read, a model is made of them outside any transaction, and what came of it is kept.

use std::sync::TryLockError;
use std::sync::{Arc, MutexGuard};

use kernel::{Actor, Fault, Permission, Refusal, RefusalKind, Result};
use text::learn::{Lesson, Model, cross_validate};

use super::records;
use super::rules::{self, Came, Duel, FOLDS, MOST, Outcome, SEED, Taught};
use crate::context::App;
use crate::demands::lessons;
use crate::models::actions::Trained;
use crate::models::rules::{Active, Figures};
use crate::models::{self, Aspect, State, Version};
use crate::{people, units};

/// Hours of the city's clock in which it learns by itself: whoever started the server later that night is not too late.
const NIGHT: std::ops::Range<i8> = 2..6;

/// Learns about `aspects`, on a thread of its own.
pub async fn learn(app: &App, actor: &Actor, aspects: Vec<Aspect>) -> Result<Vec<Outcome>> {
    let (app, actor) = (app.clone(), actor.clone());
    let done = tokio::task::spawn_blocking(move || learn_now(&app, &actor, &aspects));
    done.await.map_err(|error| Fault::new("learn from decisions", error))?
}

/// [`learn`], blocking the calling thread: for commands and tests.
pub fn learn_now(app: &App, actor: &Actor, aspects: &[Aspect]) -> Result<Vec<Outcome>> {
    people::require(actor, Permission::Teach)?;
    let _busy = busy(app)?;
    aspects.iter().map(|aspect| about(app, actor, *aspect, false)).collect()
}

/// Learns about everything once in each night of the city, on one of the servers.
pub fn nightly(app: &App) -> Result<Vec<Outcome>> {
    let actor = Actor::system();
    let here = app.now().in_zone(&app.city().zone);
    if !NIGHT.contains(&here.hour()) {
        return Ok(Vec::new());
    }
    let day = here.date().to_string();
    let asked = day.clone();
    if app.read_now(&actor, move |cx| records::is_begun(cx.tx, &asked))? {
        return Ok(Vec::new());
    }
    let Ok(_busy) = busy(app) else { return Ok(Vec::new()) };
    if !app.write_now(&actor, move |cx| records::begin(cx.tx, &day, cx.now))? {
        return Ok(Vec::new());
    }
    let mut outcomes = Vec::new();
    for aspect in Aspect::ALL {
        match about(app, &actor, aspect, true) {
            Ok(outcome) => outcomes.push(outcome),
            // One that fails must not take the night from the others.
            Err(error) => tracing::error!(aspect = aspect.code(), "the night's lesson failed: {error}"),
        }
    }
    Ok(outcomes)
}

fn busy(app: &App) -> Result<MutexGuard<'_, ()>> {
    match app.models().busy.try_lock() {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => {
            let message = "正在学习，请过一会儿再看结果";
            Err(Refusal::new(RefusalKind::Conflict { current: None }, message).into())
        }
    }
}

/// What is there to learn from, and what was learned before.
struct Ground {
    taught: Taught,
    versions: Vec<Version>,
    in_force: Option<(Version, Option<Arc<Active>>)>,
}

fn ground(app: &App, actor: &Actor, aspect: Aspect) -> Result<Ground> {
    app.read_now(actor, move |cx| {
        let names = units::names(cx)?;
        let (city, now) = (cx.app.city(), cx.now);
        let decided = lessons::decided(cx.tx, aspect, MOST)?;
        let taught = rules::taught(decided, |value| rules::now_called(aspect, value, city, &names, now));
        let versions = models::actions::of(cx, aspect)?;
        let in_force = match versions.iter().find(|version| version.state == State::InForce) {
            Some(version) => Some((version.clone(), models::actions::active(cx, aspect, version.version)?)),
            None => None,
        };
        Ok(Ground { taught, versions, in_force })
    })
}

fn about(app: &App, actor: &Actor, aspect: Aspect, by_night: bool) -> Result<Outcome> {
    let Ground { taught, versions, in_force } = ground(app, actor, aspect)?;
    let lessons = taught.decided.len();
    let plain = |came, because: String| Ok(Outcome { aspect, came, lessons, because, version: None });
    if let Some((version, _)) = in_force.as_ref().filter(|(version, _)| by_night && version.held) {
        let because =
            format!("版本 {} 是{}换上的（{}），由人决定何时再学", version.version, version.settled_by, version.reason);
        return plain(Came::Held, because);
    }
    if let Some((version, _)) = in_force.as_ref().filter(|(version, _)| version.held) {
        let version = version.clone();
        app.write_now(actor, move |cx| models::actions::release(cx, &version))?;
    }
    if let Some(because) = taught.too_little() {
        return plain(Came::TooFew, because);
    }
    let print = taught.print();
    if let Some(known) = versions.iter().find(|version| version.print == print) {
        return plain(Came::Unchanged, format!("版本 {} 以后没有新的决定", known.version));
    }
    let Some(trained) = train(&taught, aspect, print, in_force.as_ref()) else {
        return plain(Came::TooFew, "还不会：这些决定里看不出规律，按关键词和规则建议".to_owned());
    };
    let version = app.write_now(actor, move |cx| models::actions::keep(cx, &trained))?;
    let came = if version.state == State::InForce { Came::InForce } else { Came::SetAside };
    Ok(Outcome { aspect, came, lessons, because: version.reason.clone(), version: Some(version) })
}

/// The model of what is taught with its figures, weighed against the one in force.
fn train(
    taught: &Taught,
    aspect: Aspect,
    print: String,
    in_force: Option<&(Version, Option<Arc<Active>>)>,
) -> Option<Trained> {
    let lessons = taught.lessons();
    let figures = Figures::from(&cross_validate(&lessons, FOLDS, SEED)?);
    let model = Model::train(&lessons, SEED)?;
    let duel = in_force.and_then(|(version, active)| duel(taught, version, active.as_deref()?)).unwrap_or_default();
    // One that cannot be read any more is no measure.
    let old = in_force.filter(|(_, active)| active.is_some()).map(|(version, _)| version);
    let (state, reason) = rules::verdict(&figures, old, duel);
    let compared = in_force.map(|(version, _)| version.version);
    let lessons = i64::try_from(lessons.len()).unwrap_or(i64::MAX);
    Some(Trained { aspect, compared, lessons, print, figures, bytes: model.to_bytes(), state, reason })
}

/// Asks the version in force, and a model taught the rest, about the same decisions that neither was taught.
fn duel(taught: &Taught, version: &Version, old: &Active) -> Option<Duel> {
    let asked = taught.fresh(version.trained_at);
    if asked.len() < rules::LEAST_COMPARED {
        return None;
    }
    let rest = taught.decided.iter().enumerate().filter(|(place, _)| !asked.contains(place)).rev();
    let rest: Vec<Lesson<'_>> =
        rest.map(|(_, one)| Lesson { title: &one.title, text: &one.text, label: &one.value }).collect();
    let new = Model::train(&rest, SEED)?;
    let mut duel = Duel { asked: asked.len(), ..Duel::default() };
    for one in asked.iter().filter_map(|place| taught.decided.get(*place)) {
        let guess = new.judge(&one.title, &one.text).best().and_then(|(label, _)| new.labels().get(label).cloned());
        duel.new += usize::from(guess.as_ref() == Some(&one.value));
        duel.old += usize::from(old.guess(&one.title, &one.text) == Some(one.value.as_str()));
    }
    Some(duel)
}
