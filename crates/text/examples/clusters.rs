//! Clusters a table `id<TAB>microseconds<TAB>title<TAB>text` from standard input and prints the groups as JSON lines.
use std::io::Read;
use text::clusters::{Clusters, Note};

fn main() -> std::io::Result<()> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let start = std::time::Instant::now();
    let mut clusters = Clusters::new(&[]);
    for line in input.lines() {
        let mut cells = line.splitn(4, '\t');
        let (Some(id), Some(at), Some(title), Some(text)) = (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        clusters.add(&Note { id: id.parse().unwrap_or(0), title, text, at: at.parse().unwrap_or(0) });
    }
    if std::env::var("NOSETTLE").is_err() {
        clusters.settle();
        clusters.settle();
    }
    eprintln!("{:?}", start.elapsed());
    let groups: Vec<String> = clusters
        .groups(2)
        .iter()
        .map(|g| {
            format!(
                "{{\"name\":{:?},\"size\":{},\"why\":{:?},\"ids\":{:?}}}",
                g.name,
                g.members.len(),
                g.why,
                g.members.iter().map(|m| m.id).collect::<Vec<_>>()
            )
        })
        .collect();
    println!("[{}]", groups.join(",\n"));
    Ok(())
}
