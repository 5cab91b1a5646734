//! The files of a form: checked by content by the `demands` room, asked for and complained about here.

use documents::media::Kind;
use kernel::Refusal;
use maud::{Markup, html};

use crate::demands::actions::files::{self, Admitted, MOST, Sent};
use crate::web::fields::field_id;
use crate::web::{FormBody, FormView};

/// The name of the field.
const FIELD: &str = "attachments";

/// The files of the form, or everything that is wrong with them.
pub fn admit(form: &FormBody) -> Result<Vec<Admitted>, Refusal> {
    let sent = form.files(FIELD).map(|file| Sent {
        field: FIELD.to_owned(),
        name: file.name.clone(),
        bytes: file.bytes.to_vec(),
    });
    files::admit(sent.collect())
}

/// The field, with one line for each file that was not taken. A browser cannot be given the files back, and the page says so.
pub fn field(view: &FormView) -> Markup {
    let id = field_id(FIELD);
    let wrong: Vec<&str> = view.errors().iter().filter(|e| e.field == FIELD).map(|e| e.message.as_str()).collect();
    let accept = Kind::ALL.map(|kind| format!(".{}", kind.extension())).join(",");
    let described = format!("{id}-hint{}", if wrong.is_empty() { String::new() } else { format!(" {id}-error") });
    html! {
        div.field.bad[!wrong.is_empty()] {
            label for=(id) { "照片或文件" span.muted { "（可不填）" } }
            p.hint id={ (id) "-hint" } {
                "最多 " (MOST) " 个，每个不超过 10 MB，合计不超过 20 MB。照片里的拍摄地点等信息会自动去掉。"
                @if view.message().is_some() { strong { "刚才选的文件没有留下，请重新选择；写的文字都还在。" } }
            }
            @if !wrong.is_empty() { div id={ (id) "-error" } { @for message in &wrong { p.wrong { (message) } } } }
            input id=(id) name=(FIELD) type="file" multiple accept={ (accept) ",.jpeg" } aria-describedby=(described)
                aria-invalid=[(!wrong.is_empty()).then_some("true")];
        }
    }
}
