//! Values on their way into a statement ([`Value`], [`Args`]) and out of a row ([`Cell`], [`FromValue`]).

use kernel::{Fault, Id, Instant, Result};

/// One parameter of a statement, in the few types that both engines share.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// BIGINT.
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT.
    Text(String),
    /// BYTEA.
    Bytes(Vec<u8>),
}

/// The parameters of a statement: `args![number, &name, now]`.
#[macro_export]
macro_rules! args {
    () => { &[] as &[$crate::Value] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Value::from($value)),+] as &[$crate::Value] };
}

macro_rules! value_from {
    ($($from:ty => $make:expr),+ $(,)?) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Self {
                let make: fn($from) -> Self = $make;
                make(value)
            }
        })+
    };
}

value_from! {
    i64 => Self::Int,
    i32 => |n| Self::Int(n.into()),
    u32 => |n| Self::Int(n.into()),
    u16 => |n| Self::Int(n.into()),
    u8 => |n| Self::Int(n.into()),
    // Counts of rows and bytes stay far below 2^63; a larger one is nonsense either way.
    usize => |n| Self::Int(i64::try_from(n).unwrap_or(i64::MAX)),
    u64 => |n| Self::Int(i64::try_from(n).unwrap_or(i64::MAX)),
    f64 => Self::Real,
    bool => Self::Bool,
    String => Self::Text,
    Vec<u8> => Self::Bytes,
    Id => |id| Self::Int(id.0),
    Instant => |at| Self::Int(at.0),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

macro_rules! value_from_ref {
    ($($from:ty),+) => {
        $(impl From<&$from> for Value {
            fn from(value: &$from) -> Self {
                Self::from(value.clone())
            }
        })+
    };
}

value_from_ref!(i64, i32, u32, u64, usize, f64, bool, String, Vec<u8>, Id, Instant, Value);

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Clone + Into<Self>> From<&Option<T>> for Value {
    fn from(value: &Option<T>) -> Self {
        value.clone().into()
    }
}

/// What [`crate::Select`] takes as the parameters of one condition: a value, a tuple of values, `()` or `args![…]`.
pub trait Args {
    /// The values in order.
    fn values(self) -> Vec<Value>;
}

impl<T: Into<Value>> Args for T {
    fn values(self) -> Vec<Value> {
        vec![self.into()]
    }
}

impl Args for () {
    fn values(self) -> Vec<Value> {
        Vec::new()
    }
}

impl Args for &[Value] {
    fn values(self) -> Vec<Value> {
        self.to_vec()
    }
}

impl Args for Vec<Value> {
    fn values(self) -> Vec<Value> {
        self
    }
}

macro_rules! args_tuple {
    ($($name:ident),+) => {
        impl<$($name: Into<Value>),+> Args for ($($name,)+) {
            fn values(self) -> Vec<Value> {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                vec![$($name.into()),+]
            }
        }
    };
}

args_tuple!(A);
args_tuple!(A, B);
args_tuple!(A, B, C);
args_tuple!(A, B, C, D);
args_tuple!(A, B, C, D, E);
args_tuple!(A, B, C, D, E, F);

/// One column of one row, as the engine holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// A whole number; on SQLite also a truth value.
    Int(i64),
    /// A fraction.
    Real(f64),
    /// A truth value, on PostgreSQL.
    Bool(bool),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl Cell<'_> {
    /// The same value, owned.
    pub fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Int(n) => Value::Int(n),
            Self::Real(n) => Value::Real(n),
            Self::Bool(b) => Value::Bool(b),
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => bytes.into(),
        }
    }
}

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// Reads the column.
    fn from_cell(cell: Cell<'_>) -> Result<Self>;
}

fn unexpected<T>(wanted: &str, cell: Cell<'_>) -> Result<T> {
    let found = match cell {
        Cell::Null => "NULL",
        Cell::Int(_) => "a whole number",
        Cell::Real(_) => "a fraction",
        Cell::Bool(_) => "a truth value",
        Cell::Text(_) => "a text",
        Cell::Bytes(_) => "bytes",
    };
    Err(Fault::broken(format!("read a column as {wanted}, but it holds {found}")).into())
}

impl FromValue for i64 {
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Int(n) => Ok(n),
            Cell::Bool(b) => Ok(b.into()),
            other => unexpected("i64", other),
        }
    }
}

macro_rules! narrow {
    ($($type:ty),+) => {
        $(impl FromValue for $type {
            fn from_cell(cell: Cell<'_>) -> Result<Self> {
                let wide = i64::from_cell(cell)?;
                wide.try_into().map_err(|e| Fault::new(concat!("read a column as ", stringify!($type)), e).into())
            }
        })+
    };
}

narrow!(i32, i16, u8, u16, u32, u64, usize);

impl FromValue for f64 {
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Real(n) => Ok(n),
            Cell::Int(n) => Ok(n as Self),
            other => unexpected("f64", other),
        }
    }
}

impl FromValue for bool {
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Bool(b) => Ok(b),
            Cell::Int(n) => Ok(n != 0),
            other => unexpected("bool", other),
        }
    }
}

impl FromValue for String {
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Text(text) => Ok(text.to_owned()),
            other => unexpected("String", other),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Bytes(bytes) => Ok(bytes.to_vec()),
            other => unexpected("Vec<u8>", other),
        }
    }
}

impl FromValue for Id {
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        i64::from_cell(cell).map(Self)
    }
}

impl FromValue for Instant {
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        i64::from_cell(cell).map(Self)
    }
}

impl FromValue for Value {
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        Ok(cell.to_value())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Null => Ok(None),
            other => T::from_cell(other).map(Some),
        }
    }
}
