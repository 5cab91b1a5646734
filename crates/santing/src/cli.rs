//! The command line, as the interface document has it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// 三听: a city hears demands and answers.
#[derive(Parser)]
#[command(
    name = "santing",
    version,
    about = "三听：听取群众、企业家、服务对象的意见建议，件件有着落",
    propagate_version = true
)]
pub struct Cli {
    /// What every command may be told.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command; each is also an environment variable and a key of `santing.toml`.
#[derive(Args, Clone, Debug, Default)]
pub struct Common {
    /// 数据目录（默认 santing-data）
    #[arg(long, global = true, value_name = "DIR", env = "SANTING_DATA")]
    pub data: Option<PathBuf>,
    /// 数据库地址 postgres://…；不给则用数据目录里的内置数据库
    #[arg(long, global = true, value_name = "URL", env = "SANTING_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// 城市资料：内置名称或目录（默认 anning）
    #[arg(long, global = true, value_name = "NAME-OR-DIR", env = "SANTING_PROFILE")]
    pub profile: Option<String>,
    /// 让程序的时钟从这一刻开始走（只用于演示和测试）
    #[arg(long, global = true, value_name = "RFC3339", env = "SANTING_CLOCK")]
    pub clock: Option<String>,
    /// 配置文件（默认当前目录的 santing.toml，没有也可以）
    #[arg(long, global = true, value_name = "FILE", env = "SANTING_CONFIG")]
    pub config: Option<PathBuf>,
}

/// Options of `serve` and `demo`.
#[derive(Args, Clone, Debug, Default)]
pub struct ServeOptions {
    /// 监听地址（默认 127.0.0.1:8080；端口写 0 则自动选一个并打印出来）
    #[arg(long, value_name = "ADDR", env = "SANTING_LISTEN")]
    pub listen: Option<String>,
    /// 群众访问的网址，如 <https://santing.example.gov.cn>；回执二维码指向它，https 时 Cookie 加 Secure
    #[arg(long, value_name = "URL", env = "SANTING_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// 前面有反向代理，相信它的 X-Forwarded-For
    #[arg(long, env = "SANTING_TRUST_PROXY")]
    pub trust_proxy: bool,
    /// 从别的机器读 /metrics 要出示的令牌
    #[arg(long, value_name = "TOKEN", env = "SANTING_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// 空目录变成演示城市，然后提供服务
    Demo(ServeOptions),
    /// 提供服务；空目录先按城市资料初始化，并打印一次管理员的一次性密码
    Serve(ServeOptions),
    /// 导入
    #[command(subcommand)]
    Import(Import),
    /// 导出
    #[command(subcommand)]
    Export(Export),
    /// 与外部系统交换诉求：收包、取包、对账
    #[command(subcommand)]
    Exchange(Exchange),
    /// 工作日历
    #[command(subcommand)]
    Calendar(Calendar),
    /// 核验台账：数据库里的，或导出的文件（离线）
    Verify {
        /// 台账导出文件；不给则核验数据库
        file: Option<PathBuf>,
        /// 结果写成 JSON
        #[arg(long)]
        json: bool,
    },
    /// 备份到一个新文件，服务运行时也可以
    Backup {
        /// 备份文件
        file: PathBuf,
    },
    /// 把备份恢复到空的数据目录
    Restore {
        /// 备份文件
        file: PathBuf,
    },
    /// 账号一览
    Users {
        /// 写成 JSON
        #[arg(long)]
        json: bool,
    },
    /// 为账号签发接口令牌，写到标准输出
    Token {
        /// 用户名
        username: String,
    },
    /// 试算：过去一段时间的诉求按另一版规则和时限再走一遍，不改变任何诉求
    Simulate(SimulateOptions),
    /// 学习：从已作的研判和交办里学一遍，学出的版本明显不如正在使用的就不启用
    Learn {
        /// 只学一方面：theme 领域、kind 清单、urgent 紧急、lead_unit 牵头单位
        #[arg(long, value_name = "ASPECT", value_parser = ["theme", "kind", "urgent", "lead_unit"])]
        aspect: Option<String>,
        /// 写成 JSON
        #[arg(long)]
        json: bool,
    },
    /// 文本工具
    #[command(subcommand)]
    Text(Text),
    /// 逐项检查配置、城市资料、数据库、字体、日历：哪些就绪，哪些还缺
    Check,
}

/// What can be imported.
#[derive(Subcommand)]
pub enum Import {
    /// 导入诉求：.xlsx、.csv、.jsonl，均可再压缩为 .gz
    Demands {
        /// 文件
        file: PathBuf,
        /// 列名对照（TOML）
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
        /// 来源系统的名称（默认用文件名）；与来源编号一起保证重复导入不会重复登记
        #[arg(long)]
        source: Option<String>,
        /// 只检查，不写入
        #[arg(long)]
        dry_run: bool,
        /// 结果写成 JSON
        #[arg(long)]
        json: bool,
    },
}

/// What can be exported.
#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one is made per run of the program")]
pub enum Export {
    /// 导出诉求；联系方式和原文里的号码默认遮住，每次导出都记入台账
    Demands(ExportDemands),
    /// 导出某一天结束时的意见、建议、事项清单
    Lists {
        /// 写到哪个新文件：.xlsx、.csv 或 .jsonl
        file: PathBuf,
        /// 截至哪一天（默认现在）
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        /// 只要一张清单：opinion、suggestion、matter 或 unsorted
        #[arg(long)]
        kind: Option<String>,
    },
    /// 导出台账（.jsonl），任何机器上都可以用 santing verify 离线核验
    #[command(alias = "events")]
    Ledger {
        /// 写到哪个新文件
        file: PathBuf,
    },
}

/// Which past, under which rules.
#[derive(Args)]
pub struct SimulateOptions {
    /// 规则文件（TOML）；没有写的段按现行版本
    #[arg(long, value_name = "FILE", required_unless_present = "process", conflicts_with = "process")]
    pub rules: Option<PathBuf>,
    /// 或流程版本号；草稿试算之后才能启用
    #[arg(long, value_name = "N")]
    pub process: Option<i64>,
    /// 登记日期从（默认截止日之前一年）
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// 登记日期到（默认今天）
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// 写成 JSON
    #[arg(long)]
    pub json: bool,
}

/// Which demands, and into what.
#[derive(Args)]
pub struct ExportDemands {
    /// 写到哪个新文件；不给则写到标准输出
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// 写到哪个新文件（与 FILE 相同）
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub out: Option<PathBuf>,
    /// xlsx、csv 或 jsonl；不给则看文件名
    #[arg(long, value_parser = ["xlsx", "csv", "jsonl"])]
    pub format: Option<String>,
    /// 筛选，写法同网页地址，如 "status=closed&tier=key"
    #[arg(long, default_value = "")]
    pub filter: String,
    /// 状态，可用逗号连接多个；open 为全部未结
    #[arg(long)]
    pub status: Option<String>,
    /// 牵头单位的代码
    #[arg(long)]
    pub unit: Option<String>,
    /// 领域的代码
    #[arg(long)]
    pub theme: Option<String>,
    /// 清单：opinion、suggestion、matter
    #[arg(long)]
    pub kind: Option<String>,
    /// 收到日期从
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// 收到日期到
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// 字句
    #[arg(short, long, value_name = "WORDS")]
    pub q: Option<String>,
    /// 只要逾期的
    #[arg(long)]
    pub overdue: bool,
    /// 不遮联系方式和号码；要写明理由
    #[arg(long, requires = "reason")]
    pub unmask: bool,
    /// 不遮的理由，记入台账
    #[arg(long, requires = "unmask")]
    pub reason: Option<String>,
}

/// The exchange with other systems, by files.
#[derive(Subcommand)]
pub enum Exchange {
    /// 收下对方交来的包（JSON Lines）；属于哪个系统由包头写明，重复收不会重复登记
    Import {
        /// 文件
        file: PathBuf,
        /// 结果写成 JSON
        #[arg(long)]
        json: bool,
    },
    /// 把要告诉对方的消息写成一个包：对方还没有回执的
    Export {
        /// 对接系统的代码
        #[arg(long)]
        remote: String,
        /// 写到哪个新文件；不给则写到标准输出
        file: Option<PathBuf>,
        /// 只要编号在它之后的消息
        #[arg(long, value_name = "N", default_value_t = 0)]
        after: u32,
        /// 连同已回执的
        #[arg(long)]
        all: bool,
    },
    /// 对账：对方的工单清单（.csv、.xlsx、.jsonl，可压缩为 .gz）与本市逐件比较；有未说明的差异则退出码为 1
    Reconcile {
        /// 对接系统的代码
        #[arg(long)]
        remote: String,
        /// 文件
        file: PathBuf,
        /// 结果写成 JSON
        #[arg(long)]
        json: bool,
    },
    /// 显示签名密钥，交给对方；谁取过记入台账
    Key {
        /// 对接系统的代码
        #[arg(long)]
        remote: String,
    },
    /// 记下对方的回执：编号到 N 为止的消息对方都已收到
    Receipt {
        /// 对接系统的代码
        #[arg(long)]
        remote: String,
        /// 消息编号
        #[arg(value_name = "N")]
        through: u32,
    },
}

/// Questions to the calendar.
#[derive(Subcommand)]
pub enum Calendar {
    /// 从某日起若干工作日到期在哪天，逐日说明
    Due {
        /// 收到之日（2026-09-24）或时刻（RFC 3339）
        #[arg(long)]
        from: String,
        /// 工作日数
        #[arg(long, value_name = "N", required_unless_present = "working_hours", conflicts_with = "working_hours")]
        working_days: Option<String>,
        /// 或办公小时数
        #[arg(long, value_name = "N")]
        working_hours: Option<String>,
        /// 写成 JSON
        #[arg(long)]
        json: bool,
    },
}

/// Which table, and which of its common issues.
#[derive(Args)]
pub struct ClustersOptions {
    /// 文件，列为 id、title、text、time，或导入诉求时认得的中文列名
    pub file: PathBuf,
    /// 写成 JSON
    #[arg(long)]
    pub json: bool,
    /// 至少多少件才算共性问题
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub least: usize,
    /// 只要最大的 N 个
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
}

/// Tools on text.
#[derive(Subcommand)]
pub enum Text {
    /// 从一张表（.xlsx、.csv、.jsonl，均可再压缩为 .gz）里找出共性问题，从大到小，每个说明为何归在一起
    Clusters(ClustersOptions),
    /// 标准输入 → 标准输出，遮去电话、证件号、姓名等
    Redact,
    /// 学一个文件，拿另一个文件检验：分类准不准、快不快；列为 title、text、label
    Evaluate {
        /// 用来学的文件（.jsonl、.csv、.xlsx，可压缩为 .gz）
        #[arg(long, value_name = "FILE")]
        train: PathBuf,
        /// 用来检验的文件
        #[arg(long, value_name = "FILE")]
        test: PathBuf,
        /// 写成 JSON
        #[arg(long)]
        json: bool,
    },
}
