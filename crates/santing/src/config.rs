//! Where the settings come from: the command line, then the environment (both by clap), then `santing.toml`, then the
//! defaults.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

use crate::cli::{Common, ServeOptions};

/// The keys of `santing.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    database_url: Option<String>,
    profile: Option<String>,
    clock: Option<String>,
    listen: Option<String>,
    public_url: Option<String>,
    trust_proxy: Option<bool>,
    metrics_token: Option<String>,
}

/// What holds for every command.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// PostgreSQL, where not the embedded database.
    pub database_url: Option<String>,
    /// The profile's name or directory, where one was asked for.
    pub profile: Option<String>,
    /// The instant at which the clock starts.
    pub clock: Option<String>,
    /// The file that was read.
    pub file: Option<PathBuf>,
}

/// What holds for a server.
#[derive(Clone, Debug)]
pub struct ServeConfig {
    /// Address and port.
    pub listen: String,
    /// The address that people type.
    pub public_url: Option<String>,
    /// Whether `X-Forwarded-For` is to be believed.
    pub trust_proxy: bool,
    /// What `/metrics` asks of other machines.
    pub metrics_token: Option<String>,
}

/// The profile where nobody asks for one.
pub const DEFAULT_PROFILE: &str = "anning";

impl Config {
    /// The settings of a command.
    pub fn of(common: &Common) -> anyhow::Result<Self> {
        let (file, path) = File::find(common.config.as_deref())?;
        let database_url = common.database_url.clone().or(file.database_url).filter(|url| !url.is_empty());
        if let Some(url) = &database_url
            && !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
        {
            return Err(crate::usage::misuse("数据库地址应写成 postgres://用户名:密码@主机/数据库名"));
        }
        Ok(Self {
            data: common.data.clone().or(file.data).unwrap_or_else(|| "santing-data".into()),
            database_url,
            profile: common.profile.clone().or(file.profile),
            clock: common.clock.clone().or(file.clock),
            file: path,
        })
    }
}

impl ServeConfig {
    /// The settings of a server.
    pub fn of(common: &Common, options: &ServeOptions) -> anyhow::Result<Self> {
        let (file, _) = File::find(common.config.as_deref())?;
        let public_url = options.public_url.clone().or(file.public_url).map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = &public_url
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return Err(crate::usage::misuse(format!("public_url 应以 http:// 或 https:// 开头，现在是 {url}")));
        }
        Ok(Self {
            listen: options.listen.clone().or(file.listen).unwrap_or_else(|| "127.0.0.1:8080".into()),
            public_url,
            trust_proxy: options.trust_proxy || file.trust_proxy.unwrap_or(false),
            metrics_token: options.metrics_token.clone().or(file.metrics_token).filter(|token| !token.is_empty()),
        })
    }
}

impl File {
    /// The file that was asked for, or `santing.toml` here, or nothing.
    fn find(asked: Option<&Path>) -> anyhow::Result<(Self, Option<PathBuf>)> {
        let path = asked.map_or_else(|| PathBuf::from("santing.toml"), Path::to_path_buf);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && asked.is_none() => {
                return Ok((Self::default(), None));
            }
            Err(error) => return Err(error).with_context(|| format!("读不到配置文件 {}", path.display())),
        };
        let file = toml::from_str(&text).with_context(|| format!("配置文件 {} 有误", path.display()))?;
        Ok((file, Some(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_comes_before_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.toml");
        std::fs::write(&path, "data = \"from-file\"\nprofile = \"hutuo\"\nlisten = \"0.0.0.0:1\"\n").unwrap();
        let common = Common { config: Some(path.clone()), data: Some("from-flag".into()), ..Common::default() };
        let config = Config::of(&common).unwrap();
        assert_eq!((config.data, config.profile.as_deref()), ("from-flag".into(), Some("hutuo")));
        assert_eq!(ServeConfig::of(&common, &ServeOptions::default()).unwrap().listen, "0.0.0.0:1");
        std::fs::write(&path, "dta = 1").unwrap();
        assert!(Config::of(&common).is_err());
        let missing = Common { config: Some(dir.path().join("no.toml")), ..Common::default() };
        assert!(Config::of(&missing).is_err());
    }
}
