//! The house's answer to the gate: whose cookie this is, and what the workbench's menu shows them.

use kernel::{Actor, Permission, Result};

use super::actions;
use crate::context::{App, Cx};
use crate::units;
use crate::web::{Credential, Doorkeeper, Later, Menu, MenuEntry, Session};

/// Finds the lines that only the one who looks has.
pub type OwnLines = fn(&mut Cx<'_>) -> Result<Vec<MenuEntry>>;

/// Lets a session act for somebody who is absent, where that was chosen and still holds.
pub type Widening = fn(&mut Cx<'_>, &mut Session) -> Result<()>;

/// One line of the workbench's menu, before it is known who looks.
#[derive(Clone, Copy)]
pub struct MenuItem {
    /// The heading that it stands under; empty for the first group.
    pub section: &'static str,
    /// What it says.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Who sees it: holders of any of these permissions.
    pub for_any_of: &'static [Permission],
    /// How many there are for the one who looks, where that is worth a number.
    pub count: Option<fn(&mut Cx<'_>) -> Result<u64>>,
    /// Lines before this one that only the one who looks has.
    pub own: Option<OwnLines>,
}

/// The doorkeeper over the store.
pub struct House {
    app: App,
    menu: &'static [MenuItem],
    widening: Widening,
}

impl House {
    /// The doorkeeper of `app`, with the whole menu.
    pub fn new(app: App, menu: &'static [MenuItem]) -> Self {
        Self { app, menu, widening: |_, _| Ok(()) }
    }

    /// With sessions that may stand in for others.
    pub fn widened(self, widening: Widening) -> Self {
        Self { widening, ..self }
    }
}

impl Doorkeeper for House {
    fn who(&self, credential: Credential) -> Later<'_, Result<Option<Session>>> {
        Box::pin(async move {
            let widening = self.widening;
            let resolve = move |cx: &mut Cx<'_>| {
                let mut found = actions::resolve(cx, &credential)?;
                if let Some((session, _)) = &mut found {
                    widening(cx, session)?;
                }
                Ok(found)
            };
            let found = self.app.read(&Actor::system(), resolve).await?;
            let Some((session, stale)) = found else { return Ok(None) };
            if stale {
                let (app, id) = (self.app.clone(), session.id);
                // Nobody waits for this; if it fails, the next request tries again.
                tokio::spawn(async move { app.write(&Actor::system(), move |cx| actions::touch(cx, id)).await });
            }
            Ok(Some(session))
        })
    }

    fn menu<'a>(&'a self, session: &'a Session) -> Later<'a, Result<Menu>> {
        let items: Vec<MenuItem> =
            self.menu.iter().filter(|item| item.for_any_of.iter().any(|p| session.may(*p))).copied().collect();
        Box::pin(self.app.read(&session.actor, move |cx| {
            let unit = match &cx.actor.unit {
                Some(code) => Some(units::names(cx)?.short_name(code).to_owned()),
                None => None,
            };
            let mut entries = Vec::new();
            for item in &items {
                entries.extend(item.own.map(|own| own(cx)).transpose()?.unwrap_or_default());
                entries.push(entry(cx, item)?);
            }
            Ok(Menu { unit, entries })
        }))
    }

    fn incident(&self) -> String {
        self.app.random().text(b"0123456789abcdef", 8)
    }
}

fn entry(cx: &mut Cx<'_>, item: &MenuItem) -> Result<MenuEntry> {
    let count = item.count.map(|count| count(cx)).transpose()?;
    Ok(MenuEntry { section: item.section, label: item.label.into(), href: item.href.into(), count })
}
