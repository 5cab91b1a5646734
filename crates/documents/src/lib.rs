//! Data in, bytes out: tables that people send, tables that we hand out, uploads made harmless, QR codes, charts, and
//! the ways in which official paper writes numbers and dates. No database, no HTTP, no clock.

pub mod charts;
pub mod dates;
mod markup;
pub mod media;
pub mod qr;
pub mod sheets;
pub mod tables;
pub mod write;
