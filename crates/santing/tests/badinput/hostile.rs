//! What strangers, broken programs and attackers send.

/// The type of an HTML form.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// The type of an HTML form with files.
pub const PARTS: &str = "multipart/form-data; boundary=B";

/// A hundred levels are deep; this is hostile.
const DEEP: usize = 10_000;

/// JSON bodies that no call can mean.
pub fn json() -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: &str| text.as_bytes().to_vec();
    let huge = |letter: &str, size: usize| format!(r#"{{"title":"{}"}}"#, letter.repeat(size)).into_bytes();
    vec![
        ("nothing", text("")),
        ("null", text("null")),
        ("a list", text("[]")),
        ("a text", text(r#""x""#)),
        ("a number too large", text("1e999")),
        ("an unfinished object", text(r#"{"title":"#)),
        ("two objects", text("{}{}")),
        ("a byte order mark", text("\u{feff}{}")),
        ("a raw NUL", text("{\"title\":\"a\0b\"}")),
        ("an escaped NUL", text(r#"{"title":"a\u0000b"}"#)),
        ("a NUL in a name", text(r#"{"a\u0000":1}"#)),
        ("an unpaired surrogate", text(r#"{"title":"\ud800"}"#)),
        ("an unpaired surrogate in a name", text(r#"{"\udc00":1}"#)),
        ("GBK", b"{\"title\":\"\xb0\xb2\xc4\xfe\"}".to_vec()),
        ("UTF-16", b"\xff\xfe{\x00}\x00".to_vec()),
        ("lists in lists", ["[".repeat(DEEP), "]".repeat(DEEP)].concat().into_bytes()),
        ("objects in objects", ["{\"a\":".repeat(DEEP), "1".into(), "}".repeat(DEEP)].concat().into_bytes()),
        ("too much", huge("长", 1 << 20)),
    ]
}

/// Odd JSON that may be fine where every field is optional, and must never break anything.
pub fn odd_json() -> Vec<Vec<u8>> {
    let names = (0..40_000).map(|n| format!(r#""k{n}":{n}"#)).collect::<Vec<_>>().join(",");
    let texts = [
        "{}",
        r#"{"title":"a","title":"b","version":1,"version":2}"#,
        r#"{"version":99999999999999999999999999}"#,
        r#"{"version":-9223372036854775808,"limit":-1}"#,
        r#"{"version":1e308,"code":[],"reason":{},"date":1,"hours":3,"username":1,"password":[]}"#,
        r#"{"attachments":[1,null,{},{"name":1,"data":2},{"name":"../../x","data":"!"},{"name":"","data":""},[]]}"#,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).chain([format!("{{{names}}}").into_bytes()]).collect()
}

/// Forms, with their type.
pub fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let every = |value: &str| FIELDS.iter().map(|name| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let part =
        |head: &str, content: &str| format!("--B\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n");
    let mut forms: Vec<(&'static str, Vec<u8>)> = [
        "&&==&%&%zz=%&a".to_owned(),
        "title=a\0b".to_owned(),
        "enterprise=1&enterprise.uscc=2&enterprise=3&contact[]=1&contact.name=2&roles.a=1&roles[]=x".to_owned(),
        format!("{}b=1", "a.".repeat(500_000)),
        "title=a&".repeat(20_000),
        format!("title={}", "x".repeat(3 << 20)),
    ]
    .map(|body| (FORM, body.into_bytes()))
    .into();
    forms.push((FORM, b"title=\xb0\xb2\xc4\xfe".to_vec()));
    let values =
        ["", "%00", "%FF", "%ED%A0%80", "-1", "9223372036854775808", "%01%1b%7f", "9999-12-31", "-009999-01-01"];
    forms.extend(values.iter().map(|value| (FORM, every(value).into_bytes())));
    forms.push((FORM, every(&"x".repeat(20_000)).into_bytes()));
    forms.extend(
        [
            "x".to_owned(),
            "--B\r\n\r\n".to_owned(),
            "--B\r\nX: y\r\n\r\nx\r\n--B--\r\n".to_owned(),
            part("name=\"title\"", "a"),
            part("name=\"title\"", "a\0b") + "--B--\r\n",
            part("name=\"title\"", "").repeat(1_000) + "--B--\r\n",
            part("name=\"attachments\"; filename=\"a.pdf\"", "x").repeat(1_000) + "--B--\r\n",
            part("name=\"attachments\"; filename=\"../../a\u{202e}fdp.exe\"", "MZ") + "--B--\r\n",
            part("name=\"attachments\"; filename=\"a.pdf\"", "") + "--B--\r\n",
            part(&format!("name=\"{}\"", "a.".repeat(50_000)), "x") + "--B--\r\n",
        ]
        .map(|body| (PARTS, body.into_bytes())),
    );
    forms.push(("multipart/form-data", b"--B--".to_vec()));
    forms.push(("text/plain", b"title=a".to_vec()));
    forms
}

const FIELDS: [&str; 34] = [
    "audience",
    "kind",
    "title",
    "text",
    "theme",
    "channel",
    "enterprise.uscc",
    "enterprise.name",
    "contact.name",
    "contact.phone",
    "contact.email",
    "area",
    "source",
    "source_id",
    "version",
    "goal",
    "due_on",
    "lead_unit",
    "note",
    "code",
    "grade",
    "reasons[]",
    "number",
    "reason",
    "name",
    "unit",
    "roles[]",
    "valid_from",
    "valid_to",
    "again",
    "date",
    "hours",
    "aliases",
    "next",
];

/// What may stand in a path where a number, a code or a date should.
pub const PATHS: [&str; 18] = [
    "%00",
    "%FF%FE",
    "%ED%A0%80",
    "..%2f..%2fetc%2fpasswd",
    "-1",
    "99999999999999999999999",
    "-9223372036854775808",
    "%zz",
    "%",
    "%E2%80%AE",
    "%27%20OR%201=1--",
    "%0d%0aX:%20y",
    "2026-13-45",
    "9999-12-31",
    "-009999-01-01",
    "NaN",
    "{}",
    "*",
];

/// Queries.
pub fn queries() -> Vec<String> {
    let names = [
        "limit",
        "cursor",
        "q",
        "status",
        "unit",
        "tier",
        "enterprise",
        "overdue",
        "from",
        "to",
        "sort",
        "code",
        "number",
        "text",
        "year",
        "working_days",
        "calendar",
        "dry_run",
        "next",
        "stream",
        "actor",
        "as_of",
        "version",
    ];
    let every = |value: &str| names.iter().map(|name| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let values = [
        "",
        "%00",
        "%FF",
        "-1",
        "0",
        "99999999999999999999",
        "9223372036854775807",
        "9223372036854775807.x",
        "1e400",
        "%",
        "%25",
        "_",
        "((",
        "%22",
        "AND",
        "*",
        "0001-01-01",
        "9999-12-31",
        "-009999-01-01",
        "%E8%AF%89",
        "%F0%9F%98%80",
        "true",
    ];
    let mut queries: Vec<String> = values.iter().map(|value| every(value)).collect();
    queries.extend([
        "&&&=&=x&%&a%=%zz&&".into(),
        "limit[]=1&limit.a=2&limit=3".into(),
        format!("{}b=1", "a.".repeat(3_000)),
    ]);
    queries.push(format!("q={}", "x".repeat(8_000)));
    // One bad value must not hide behind another.
    queries.extend(
        names.iter().flat_map(|name| ["-1", "9223372036854775807", "%22"].map(|value| format!("{name}={value}"))),
    );
    queries
}
