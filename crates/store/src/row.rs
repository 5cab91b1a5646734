//! Rows and what they become.

use kernel::{Fault, Result};

use crate::value::{Cell, FromValue};

/// One row of a result, lent while it is read.
pub struct Row<'a>(pub(crate) RowOf<'a>);

pub(crate) enum RowOf<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a postgres::Row),
}

impl Row<'_> {
    /// The column at `index`, counted from 0.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T> {
        T::from_cell(self.cell(index)?)
    }

    /// The column as it is.
    pub fn cell(&self, index: usize) -> Result<Cell<'_>> {
        let doing = || format!("read column {index} of a row");
        match self.0 {
            RowOf::Sqlite(row) => crate::sqlite::cell(row.get_ref(index).map_err(|e| Fault::new(doing(), e))?),
            RowOf::Postgres(row) => Ok(row.try_get(index).map_err(|e| Fault::new(doing(), e))?),
        }
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        match self.0 {
            RowOf::Sqlite(row) => row.as_ref().column_count(),
            RowOf::Postgres(row) => row.len(),
        }
    }
}

/// A type that a row can be read as: any single value, tuples of up to 16, and every record that says how.
pub trait FromRow: Sized {
    /// Reads the row.
    fn from_row(row: &Row<'_>) -> Result<Self>;
}

impl<T: FromValue> FromRow for T {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        row.get(0)
    }
}

/// Every column of the row as it is, for copying tables.
impl FromRow for Vec<crate::Value> {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        (0..row.width()).map(|index| row.get(index)).collect()
    }
}

macro_rules! from_row_tuple {
    ($($name:ident $index:tt),+) => {
        impl<$($name: FromValue),+> FromRow for ($($name,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self> {
                Ok(($(row.get::<$name>($index)?,)+))
            }
        }
    };
}

from_row_tuple!(A 0);
from_row_tuple!(A 0, B 1);
from_row_tuple!(A 0, B 1, C 2);
from_row_tuple!(A 0, B 1, C 2, D 3);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14);
from_row_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15);
