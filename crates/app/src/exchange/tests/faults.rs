//! Random faults on every way, out of a seed: afterwards both sides say the same, nothing is lost and nothing is doubled.

use kernel::Random as _;
use kernel::random::SeededRandom;

use super::remote::{self, Remote};
use super::{count, make, refusal, status, usual};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Status;
use crate::testing::TestCity;

/// Numbers out of a seed.
struct Dice(SeededRandom);

impl Dice {
    fn of(&self, sides: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes) as usize % sides
    }

    fn pick<'a, T>(&self, list: &'a [T]) -> Option<&'a T> {
        if list.is_empty() { None } else { list.get(self.of(list.len())) }
    }
}

/// A remote with the packages that have not arrived.
struct Side {
    remote: Remote,
    code: &'static str,
    under_way: Vec<String>,
    arrived: Vec<String>,
}

impl Side {
    fn step(&mut self, city: &TestCity, dice: &Dice) {
        let cases: Vec<String> = self.remote.cases.keys().cloned().collect();
        match dice.of(10) {
            0..=2 => drop(self.remote.hands_over(&format!("第 {} 件", cases.len()))),
            3 => {
                let urge = if self.code == "12345" { "90" } else { "urged" };
                if let Some(case) = dice.pick(&cases) {
                    self.remote.says(case, urge, "请抓紧");
                }
            }
            4 => {
                if let Some(case) = dice.pick(&cases) {
                    self.remote.closes(case, dice.of(2) == 0);
                }
            }
            5 => {
                let back = if self.code == "12345" { "70" } else { "cancelled" };
                if let Some(case) = dice.pick(&cases).filter(|_| dice.of(4) == 0) {
                    self.remote.says(case, back, "不用了");
                }
            }
            6 | 7 => self.under_way.push(self.remote.packs()),
            8 => self.remote.fetches(city),
            _ => self.remote.fetches_in_vain(city),
        }
        self.travel(city, dice);
    }

    /// A package arrives: any of those under way, whole, cut off, or one that was there before.
    fn travel(&mut self, city: &TestCity, dice: &Dice) {
        match dice.of(5) {
            0 | 1 if !self.under_way.is_empty() => {
                let package = self.under_way.swap_remove(dice.of(self.under_way.len()));
                remote::give(city, self.code, &package).unwrap();
                self.arrived.push(package);
            }
            2 => {
                if let Some(package) = dice.pick(&self.under_way).filter(|package| package.lines().count() > 1) {
                    let cut = package.char_indices().nth(package.chars().count() - 1 - dice.of(20)).unwrap().0;
                    refusal(remote::give(city, self.code, &package[..cut]));
                }
            }
            3 => {
                if let Some(package) = dice.pick(&self.arrived) {
                    remote::give(city, self.code, package).unwrap();
                }
            }
            _ => {}
        }
    }

    /// Everything arrives in the end.
    fn settle(&mut self, city: &TestCity) {
        self.under_way.push(self.remote.packs());
        while let Some(package) = self.under_way.pop() {
            remote::give(city, self.code, &package).unwrap();
        }
        self.remote.fetches(city);
    }
}

/// Somebody here does the next thing to one of the demands.
fn handle(city: &TestCity, numbers: &[String], dice: &Dice) {
    let Some(number) = dice.pick(numbers) else { return };
    let next = match status(city, number) {
        Status::Received => [Move::Triage, Move::Triage, Move::Decline][dice.of(3)],
        Status::Triaged => Move::Assign,
        Status::Assigned => Move::Acknowledge,
        Status::InProgress => [Move::FirstContact, Move::Reply, Move::Reply, Move::Withdraw][dice.of(4)],
        Status::Replied => Move::Callback,
        Status::Closed if dice.of(4) == 0 => Move::Redo,
        _ => return,
    };
    make(city, number, next, usual(next));
    if next == Move::Callback {
        make(city, number, Move::Close, usual(Move::Close));
    }
}

fn storm(city: &TestCity, seed: u64, steps: usize) {
    let dice = Dice(SeededRandom::new(seed));
    let mut sides = [("12345", seed * 2), ("yn-complaints", seed * 2 + 1)].map(|(code, seed)| Side {
        remote: Remote::new(code, seed + 10),
        code,
        under_way: Vec::new(),
        arrived: Vec::new(),
    });
    for _ in 0..steps {
        let side = &mut sides[dice.of(2)];
        side.step(city, &dice);
        let numbers: Vec<String> = side.remote.cases.values().filter_map(|case| case.number.clone()).collect();
        handle(city, &numbers, &dice);
    }
    let mut all = 0;
    for side in &mut sides {
        side.settle(city);
        let found = side.remote.reconciles(city);
        assert_eq!(found.comparison.differences, [], "seed {seed}, {}", side.code);
        assert_eq!(found.comparison.agreed as usize, side.remote.cases.len());
        for case in side.remote.cases.values() {
            let here = status(city, case.number.as_ref().unwrap());
            assert_eq!(case.closed, here.is_end(), "seed {seed}: {here:?} is told as {}", case.status);
        }
        all += side.remote.cases.len();
    }
    assert_eq!(count(city), all, "seed {seed}: each case is one demand");
    assert!(city.app.store().verify().unwrap().holds());
}

#[test]
fn whatever_goes_wrong_both_sides_agree_in_the_end() {
    TestCity::on_both_engines(|city| storm(city, 1, 250));
    for seed in 2..8 {
        storm(&TestCity::start(None), seed, 120);
    }
}
