//! One answer in both shapes that the standard knows: JSON and XML.

use serde_json::{Map, Value};

/// What an answer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Nothing known.
    Null,
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Named values, in order.
    Fields(Vec<(&'static str, Tree)>),
    /// Values; the name is that of each one's element.
    List(&'static str, Vec<Tree>),
}

impl Tree {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Fields(fields) => {
                let fields: Map<String, Value> =
                    fields.iter().map(|(name, value)| ((*name).to_owned(), value.json())).collect();
                Value::Object(fields)
            }
            Self::List(_, items) => Value::Array(items.iter().map(Self::json).collect()),
        }
    }

    /// As an XML document whose first element is `root`.
    pub fn xml(&self, root: &str) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        self.element(root, &mut out);
        out.push('\n');
        out
    }

    fn element(&self, name: &str, out: &mut String) {
        out.push_str(&format!("<{name}>"));
        match self {
            Self::Null => {}
            Self::Text(text) => escape(text, out),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Flag(flag) => out.push_str(&flag.to_string()),
            Self::Fields(fields) => fields.iter().for_each(|(name, value)| value.element(name, out)),
            Self::List(name, items) => items.iter().for_each(|item| item.element(name, out)),
        }
        out.push_str(&format!("</{name}>"));
    }
}

/// Writes `text` as character data; what XML 1.0 cannot hold at all is left out.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_say_the_same_and_nothing_breaks_out() {
        let tree = Tree::List(
            "error",
            vec![Tree::Fields(vec![
                ("code", Tree::Number(400)),
                ("description", Tree::text("<b>&\u{0}\u{ffff}]]>'\"")),
            ])],
        );
        assert_eq!(tree.json().to_string(), "[{\"code\":400,\"description\":\"<b>&\\u0000\u{ffff}]]>'\\\"\"}]");
        assert_eq!(
            tree.xml("errors"),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<errors><error><code>400</code><description>&lt;b&gt;&amp;]]&gt;&apos;&quot;</description></error></errors>\n"
        );
    }
}
