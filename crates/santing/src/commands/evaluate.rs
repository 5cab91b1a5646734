//! `santing text evaluate`: how well the classifier learns from one file what another says.

use std::borrow::Cow;
use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use documents::tables::{self, Cell, ReadError, Row};
use serde::Serialize;
use text::learn::{Lesson, Metrics, Model, measure};

use crate::Outcome;
use crate::out::say;

/// The same files give the same figures.
const SEED: u64 = 1;

/// The speed is measured for so long, in seconds.
const MEASURED_FOR: f64 = 1.0;

/// So many of the rows that were left out are named on paper; in JSON all are.
const NAMED: usize = 10;

/// Trains on one file, measures on another.
pub fn evaluate(train: &Path, test: &Path, json: bool) -> anyhow::Result<Outcome> {
    let (lessons, mut left_out) = read(train)?;
    let (questions, also_left_out) = read(test)?;
    left_out.extend(also_left_out);
    let (lessons, questions) = (borrowed(&lessons), borrowed(&questions));
    let begun = Instant::now();
    let model = Model::train(&lessons, SEED);
    let train_seconds = begun.elapsed().as_secs_f64();
    let Some(model) = model else {
        anyhow::bail!("{} 里可以学的太少：至少要有两个类别，每类至少两条", train.display());
    };
    let figures = Figures {
        metrics: measure(&model, &questions),
        train_seconds,
        messages_per_second: speed(&model, &questions),
        model_bytes: model.to_bytes().len(),
        trained_on: lessons.len(),
        measured_on: questions.len(),
        left_out,
    };
    if json {
        super::print_json(&figures)?
    } else {
        print(&figures)
    }
    Ok(Outcome::Done)
}

#[derive(Serialize)]
struct Figures {
    #[serde(flatten)]
    metrics: Metrics,
    train_seconds: f64,
    /// By one thread, normal form included.
    messages_per_second: f64,
    model_bytes: usize,
    trained_on: usize,
    measured_on: usize,
    left_out: Vec<LeftOut>,
}

/// A row that says nothing to learn from.
#[derive(Serialize)]
struct LeftOut {
    file: String,
    row: u64,
    reason: String,
}

/// Title, text, label.
type Example = [String; 3];

/// The columns, in the order of an [`Example`].
const COLUMNS: [&str; 3] = ["title", "text", "label"];

fn read(path: &Path) -> anyhow::Result<(Vec<Example>, Vec<LeftOut>)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let rows = tables::open(&name, super::open_file(path)?, &tables::Options::default())
        .map_err(|error| anyhow::anyhow!("{}：{error}", path.display()))?;
    let (mut examples, mut left_out) = (Vec::new(), Vec::new());
    let mut missing = COLUMNS.to_vec();
    for row in rows {
        let (number, example) = match row {
            Ok(row) => {
                missing.retain(|column| !row.columns().iter().any(|c| c == column));
                (row.number, example(&row))
            }
            Err(ReadError::Row(error)) => (error.number, Err(error.problem.to_string())),
            Err(ReadError::File(error)) => anyhow::bail!("{}：{error}", path.display()),
        };
        match example {
            Ok(example) => examples.push(example),
            Err(reason) => left_out.push(LeftOut { file: name.clone(), row: number, reason }),
        }
    }
    let path = path.display();
    if let Some(first) = left_out.first().filter(|_| examples.is_empty() && missing.len() == COLUMNS.len()) {
        anyhow::bail!("{path} 里没有一行可以用；第 {} 行：{}", first.row, first.reason);
    }
    ensure!(missing.is_empty(), "{path} 里没有这些列：{}", missing.join("、"));
    ensure!(!examples.is_empty(), "{path} 里没有一行可以用：每行要有 label，以及 title 或 text");
    Ok((examples, left_out))
}

fn example(row: &Row) -> Result<Example, String> {
    let [title, text, label] = COLUMNS.map(|column| written(row.get(column)));
    match (label.trim(), title.trim().is_empty() && text.trim().is_empty()) {
        ("", true) => Err("没有 label，也没有 title 和 text".to_owned()),
        ("", false) => Err("没有 label".to_owned()),
        (_, true) => Err("没有 title，也没有 text".to_owned()),
        (kept, false) => Ok([title, text, kept.to_owned()]),
    }
}

fn written(cell: &Cell) -> String {
    cell.text().map(Cow::into_owned).unwrap_or_default()
}

fn borrowed(examples: &[Example]) -> Vec<Lesson<'_>> {
    examples.iter().map(|[title, text, label]| Lesson { title, text, label }).collect()
}

/// Messages a second in the median pass over all of them: what else the machine does between is not the model's doing.
fn speed(model: &Model, questions: &[Lesson<'_>]) -> f64 {
    let (begun, mut passes) = (Instant::now(), Vec::new());
    while begun.elapsed().as_secs_f64() < MEASURED_FOR {
        let pass = Instant::now();
        for question in questions {
            std::hint::black_box(model.judge(question.title, question.text));
        }
        passes.push(pass.elapsed().as_secs_f64());
    }
    passes.sort_by(f64::total_cmp);
    questions.len() as f64 / passes[passes.len() / 2]
}

fn print(figures: &Figures) {
    let Metrics { macro_f1, accuracy, per_class, accuracy_at_80, coverage, accuracy_when_sure } = &figures.metrics;
    say!("学习 {} 条，检验 {} 条", figures.trained_on, figures.measured_on);
    say!("宏平均 F1            {macro_f1:.4}");
    say!("正确率               {accuracy:.4}");
    say!("最有把握八成的正确率 {accuracy_at_80:.4}");
    say!("自认有把握的占       {coverage:.4}，其中正确率 {accuracy_when_sure:.4}");
    say!("学习用时             {:.2} 秒", figures.train_seconds);
    say!("判断速度             每秒 {:.0} 条（单线程）", figures.messages_per_second);
    say!("模型大小             {:.2} MB", figures.model_bytes as f64 / 1e6);
    say!("");
    say!("  条数  精确率  召回率      F1  类别");
    for class in per_class {
        say!("{:>6}  {:.4}  {:.4}  {:.4}  {}", class.n, class.precision, class.recall, class.f1, class.label);
    }
    if !figures.left_out.is_empty() {
        say!("");
        say!("没有用的 {} 行：", figures.left_out.len());
    }
    for LeftOut { file, row, reason } in figures.left_out.iter().take(NAMED) {
        say!("{file} 第 {row} 行  {reason}");
    }
    if figures.left_out.len() > NAMED {
        say!("……");
    }
}
