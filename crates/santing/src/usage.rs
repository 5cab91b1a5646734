//! What was wrong with a command line, in Chinese; clap's own words are English.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// An argument that clap takes and the command cannot use.
#[derive(Debug)]
pub struct Misuse(String);

/// An argument that the command cannot use, as an error.
pub fn misuse(message: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Misuse(message.into()))
}

impl std::fmt::Display for Misuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// Prints help, the version, or what is wrong; the exit code.
pub fn explain(error: &Error) -> u8 {
    if !error.use_stderr() {
        // Somebody who closes the pipe has read enough.
        let _ = error.print();
        return 0;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
    } else {
        eprintln!("{}。用法见 santing --help", sentence(error));
    }
    2
}

fn sentence(error: &Error) -> String {
    let said = |kind| error.get(kind).map(words).unwrap_or_default();
    let (argument, value) = (said(ContextKind::InvalidArg), said(ContextKind::InvalidValue));
    match error.kind() {
        ErrorKind::UnknownArgument => format!("没有这个选项：{argument}"),
        ErrorKind::InvalidSubcommand => format!("没有这个命令：{}", said(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand => format!("还要写明做什么：{}", said(ContextKind::ValidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("还缺：{argument}"),
        ErrorKind::ArgumentConflict => format!("{argument} 不能和 {} 一起用", said(ContextKind::PriorArg)),
        ErrorKind::InvalidUtf8 => "命令里有无法识别的字符".to_owned(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => format!("{argument} 后面要写内容"),
        ErrorKind::InvalidValue => format!("{argument} 不能写“{value}”，可以写：{}", said(ContextKind::ValidValue)),
        ErrorKind::ValueValidation => format!("{argument} 不能写“{value}”"),
        _ => format!("命令写得不对：{}", error.kind()),
    }
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(several) => several.join("、"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    fn said(line: &str) -> String {
        sentence(&Cli::try_parse_from(line.split(' ')).err().unwrap())
    }

    #[test]
    fn wrong_commands_are_explained_in_chinese() {
        assert_eq!(said("santing bogus"), "没有这个命令：bogus");
        assert_eq!(said("santing serve --bogus"), "没有这个选项：--bogus");
        assert_eq!(said("santing import demands"), "还缺：<FILE>");
        assert_eq!(said("santing serve --data"), "--data <DIR> 后面要写内容");
    }
}
