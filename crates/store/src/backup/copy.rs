//! Copying one table between a SQLite file and PostgreSQL, whatever its columns.

use std::io::Write as _;

use kernel::{Fault, Result};
use rusqlite::{Connection, params_from_iter};

use crate::fault;
use crate::row::FromRow;
use crate::tx::Tx;
use crate::value::{Cell, Value};

/// How much text is sent to PostgreSQL at once.
const CHUNK: usize = 256 * 1024;

/// Copies a table of PostgreSQL into the table of the same name and columns.
pub(super) fn to_sqlite(from: &mut Tx, to: &Connection, table: &str) -> Result<()> {
    let fail = |e| fault::sqlite(format!("copy the table {table}"), e);
    let columns = columns(to, table).map_err(fail)?;
    to.execute(&format!("DELETE FROM {table}"), []).map_err(fail)?;
    let marks: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    let insert = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), marks.join(", "));
    let mut insert = to.prepare(&insert).map_err(fail)?;
    from.stream(&format!("SELECT {} FROM {table}", columns.join(", ")), &mut |row| {
        let values = Vec::<Value>::from_row(row)?;
        insert.execute(params_from_iter(&values)).map_err(fail)?;
        Ok(())
    })
}

/// Copies a table of a SQLite file into the table of the same name and columns, in the order of its rows.
pub(super) fn to_postgres(from: &Connection, to: &mut Tx, table: &str) -> Result<()> {
    let fail = |e| fault::sqlite(format!("copy the table {table}"), e);
    let columns = columns(from, table).map_err(fail)?.join(", ");
    let mut select = from.prepare(&format!("SELECT {columns} FROM {table} ORDER BY rowid")).map_err(fail)?;
    let width = select.column_count();
    let mut rows = select.query([]).map_err(fail)?;
    to.postgres()?.copy_in(&format!("COPY {table} ({columns}) FROM STDIN"), |out| {
        let mut chunk = Vec::with_capacity(CHUNK + 4096);
        while let Some(row) = rows.next().map_err(fail)? {
            for index in 0..width {
                chunk.extend_from_slice(if index == 0 { b"" } else { b"\t" });
                write_cell(&mut chunk, crate::sqlite::cell(row.get_ref(index).map_err(fail)?)?);
            }
            chunk.push(b'\n');
            if chunk.len() >= CHUNK {
                send(out, &mut chunk)?;
            }
        }
        send(out, &mut chunk)
    })
}

fn send(out: &mut postgres::CopyInWriter<'_>, chunk: &mut Vec<u8>) -> Result<()> {
    out.write_all(chunk).map_err(|e| Fault::new("send rows to PostgreSQL", e).passing())?;
    chunk.clear();
    Ok(())
}

/// A value in the text form of COPY. A truth value of SQLite is 0 or 1, which PostgreSQL reads as one.
fn write_cell(out: &mut Vec<u8>, cell: Cell<'_>) {
    match cell {
        Cell::Null => out.extend_from_slice(b"\\N"),
        Cell::Int(n) => out.extend_from_slice(n.to_string().as_bytes()),
        Cell::Real(n) => out.extend_from_slice(n.to_string().as_bytes()),
        Cell::Bool(b) => out.extend_from_slice(if b { b"t" } else { b"f" }),
        Cell::Bytes(bytes) => out.extend_from_slice(format!("\\\\x{}", hex::encode(bytes)).as_bytes()),
        Cell::Text(text) => text.bytes().for_each(|byte| match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            other => out.push(other),
        }),
    }
}

fn columns(file: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = file.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
    statement.query_map([table], |row| row.get(0))?.collect()
}
