//! The commands beside the server.

pub mod backup;
pub mod calendar;
pub mod check;
pub mod export;
pub mod import;
pub mod text;
pub mod users;
pub mod verify;

/// A value as indented JSON on standard output.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
