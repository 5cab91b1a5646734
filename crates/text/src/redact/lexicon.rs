//! What is known of Chinese names: surnames, characters that given names are made of, and the everyday words in which a
//! surname is no surname. Lists of common knowledge; no person's data.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// Surnames that are seldom anything else.
const SURE: &str = "曾孔汤陶王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭肖田董袁潘蔡蒋余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范廖石\
    韦贾夏付傅邹熊孟秦阎薛侯雷龙段郝邵史贺顾龚万毛尹黎邱聂覃鲁葛翟阮倪焦裴赖樊殷颜章詹卜窦涂蒲凌晏骆邬漆鞠屈佟戚麦辜游\
    闫祁缪卓褚岑蔺邢喻梅庞莫靳欧耿滕尤臧虞蓝沐茹戴严";

/// Surnames that are also everyday words: they need more around them.
const DOUBTFUL: &str = "卫于任金白江高方常武康钱牛温安文施洪季成易水向时路单包古全应容党项关和木普刀云华平计车房明连甘宁尚景荣辛申燕冷柴池\
    柏柳庄祝齐伍岳左兰舒管宗艾边车储楚从戴丛符盖巩苟谷桂海杭花霍嵇吉纪简解居柯匡况来乐利廉凌娄米苗闵牟南牧农潘\
    蒲强青曲权冉饶桑沙商邵沈盛松孙谈陶佟童屠危翁巫席习冼奚信宣胥宿邢幸熊徐依阴印英游尉喻原苑载翟湛支仲竺祖左岩封满兴俸";

/// Surnames of two characters.
const COMPOUND: [&str; 16] = [
    "欧阳", "司马", "上官", "诸葛", "司徒", "令狐", "皇甫", "尉迟", "慕容", "夏侯", "东方", "公孙", "端木", "轩辕",
    "宇文", "长孙",
];

/// Characters that given names are commonly made of.
const GIVEN: &str = "柱治映初荷仔发坤灿标权淦焰培攸炼伦佐宪沅汝沪泽洵焯瀚煊牡玖祚稼穗笃粤绎臻荟菱萤蓬蕙衔裴诠赟邹鄂酉钿钗铂铖锟闽雯霏靓颜驭魄二旺伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国文辉力斌波宁龙林峰浩宇轩子涵欣怡梓萱雨泽晨曦嘉俊豪志鹏飞\
    鑫帅凯旭阳亮东海山川江河云雪冰霜梦琪瑶瑞琳琴琼珍珠翠莲荷菊菲芬芸苗茹莉萍蓉蕾薇慧惠颖婷婧媛妍姝姗娇婉淑贤贞洁清澜润泉源\
    溪滨洲洪深淳渊潇汉沛泓栋梁材森松柏桐杨柳楠楷树根春夏秋冬金银铁钢锋锐铭钰锦钧铮永长久远恒德仁义礼智信忠孝诚善良睦祥\
    福禄寿喜庆富贵荣昌盛兴旺发达顺安康健全才学武成功立业光耀辉煌灿烂炎焱烨炜炳炯照熙晓昊昕晖晗晴智正元亨利宏雄毅勇猛威胜\
    捷奇奎魁冠帆航翔鸿鹤凤凰虎豹彪骏驰腾跃启思念忆怀爱心如诗画棋墨翰博雅逸凡尘世民兵传家宝彦卿君臣士友朋伯仲叔季兆祖宗\
    绍继承嗣延庭廷连新星辰宸月玥圆满堂彬彤丹青碧绿紫芷若萌蓝茜莹艺芝花芹菁国生来保万一三二四五六七大小天保守运财有余进先\
    香巧凌丛尚卫加化升升双可同向启吉培增壮培姣娥存宾尧岚岩崇巍帆常幸征律恩悦情惟愿拥振敬斯方昆易朝木权权杏来松柯标根\
    桃梧楚模欢歌民水沁泰津洁浪涌淇湘滢灵炫烈焕熠燕爽献玮玲珊珂珺琦琛璇璐甜用男畅皓盈睿硕磊祺禹科秉竹筠素红纪纯纲维美翠\
    耘聪胤胜自舒航艾芮苏英茂茵荔莎菡萍葆蒙蔚薛虹衡裕西言诺谊谦谷贝赫路轩辰迎逊道邦郁里野铃镇镕长门闻阔陶霄霆霖青静韬韵顶\
    顺颂风飘馨骁高魏鲁麒麟黎默齐召石仕佳佩侠侃依倩健儒允先克全冉凝凡力劲卓南占厚取叶合名吟周和品哲唯善喆回园坚坤城基墨声夏\
    央奋好妙始娅婵嫣学孟安定实容密富寅尔展岭岳峻川州左巨帝常干平年广应廷弘强录彰影征微念怡恬悠惜愉慈懿戈才扬承抒拓挺昂春昭\
    显普景智曼书朗朴权李来果柔校棠楚毓气求汀江汝池波泊洛浦涓润渝温湛溢漫炬然煜照爵牧献玄玉王玫珀理琨瑛瑜瑾璞瓒瓦甫田略白益\
    盛相真石磐祯禾秦程稳穆竞笑笛简粲精约绪绮缘羽翊翎者聆肃胡育舟良艳芙荃莺萧蓓蕴藏藤虔融行衍裳言计许诗豫财贺贻赋赞起超越趣\
    踪轶辅边迅迪逢遥邓郎郡郭醒采鉴钊钟铎锡镜闯陆陈雁雄雷震霓静非韩项颐飒首马驹骥鲲鸣鹃鹭鼎龄甲乙丙丁勤苹茅毛刘刁乔";

/// Characters that no given name has: grammar, offices, trades, places, numbers of things.
const NEVER: &str = "公的了是在我他她它们这那不就也都还很被把给对与及或个着过吗呢吧啊要请找问说称等该局委部办处室会院厅署所站队乡村县市\
    区街店司户组员班级党社何什么哪谁您你没无去让叫已因费款钱号栋楼层日时分上下间车房物事话机电副总主经记姓课教师老板\
    路线网系于从由为而但且则其每各另再又才只仅某两几百千镇厂项件份条张位名次种块座起些点";

/// Everyday words and half-words that begin with a surname; a name does not begin so.
const NOT_NAMES: &str = "支行 符合 符号 原始 宿舍 宿州 高兴 高明 高考 陶瓷 陶冶 陶醉 孔洞 孔径 孔子 孔雀 汤料 汤圆 学生 小学 中学 大学 民政 妇女 群众 农林 农技 农业 常务 行政 水务 党小 新闻 管所 车管 安监 高度 高新 高速 高压 高层 高中 高校 高铁 高峰 高温 高额 高价 高位 高效 高级 高标 高质 高空 高架 高考 方便 方面 方案 方式 方法 \
    方向 方可 方能 方圆 金额 金融 金属 金银 金牌 安全 安排 安置 安装 安静 安心 安宁 安稳 安检 安保 安徽 江苏 江西 江边 江湖 何时 何况 何种 何处 何人 \
    何日 何等 何必 何在 何来 何去 时间 时候 时期 时任 时代 时常 时限 时段 成功 成本 成立 成为 成果 成员 成都 成交 成绩 成长 经济 平安 平时 平均 平台 平方 \
    平衡 平等 平整 平房 平价 万元 万一 万分 万人 万平 万余 万达 白天 白色 白白 黄金 黄色 黄土 黄牛 黄河 黄线 石油 石头 石材 石灰 石子 石料 石场 石厂 水电 水泥 \
    水库 水利 水质 水管 水务 水费 水源 水表 水平 水路 温度 温泉 温馨 毛病 毛坯 毛利 云南 云平 云集 路口 路灯 路面 路段 路线 路况 路边 路过 路政 严重 严格 \
    严禁 严厉 严肃 严查 严惩 严打 严谨 严控 张贴 张开 周边 周围 周末 周期 周一 周二 周三 周四 周五 周六 周日 周年 周转 周到 许可 许多 许诺 余额 余款 \
    余地 余元 余人 余户 余名 余万 余亩 余年 余米 余次 余家 余吨 余平 于是 于今 于此 于本 项目 项工 常见 常委 常务 常年 常常 常住 常规 常态 常用 易地 易懂 易于 易发 易燃 \
    房屋 房产 房子 房价 房地 房东 房租 房间 车辆 车位 车库 车主 车间 车站 车道 党员 党委 党组 党支 党政 党中 曾任 曾反 曾找 曾与 曾和 曾由 曾拨 曾为 曾经 曾在 曾多 曾于 曾有 曾被 曾是 曾对 曾向 应当 应该 应急 应有 \
    应届 应用 应对 应聘 应付 应由 应按 应及 解决 解释 解除 解答 支持 支付 支出 支队 支部 支援 包括 包装 包含 包工 包干 包庇 单位 单元 单独 单价 单车 单双 简单 简直 简易 \
    简化 甘肃 宁夏 宁愿 宁可 向上 向下 向您 全部 全面 全市 全体 全区 全县 全国 全省 全程 全力 全家 全额 全镇 全村 左右 左边 左转 容易 关于 关系 关注 关心 关闭 关键 关爱 关怀 关停 \
    陈述 陈旧 陈列 孙子 孙女 李子 王国 王牌 林业 林地 林木 林区 林场 林权 程度 程序 程中 任何 任务 任意 任职 任期 任教 任命 任由 谢谢 谢意 谢您 段时 段路 段话 段道 钱款 武汉 武警 武术 武装 \
    沈阳 顾客 顾虑 顾问 龙头 龙山 罗列 罗湖 宋代 唐代 韩国 董事 田地 田间 田土 杜绝 杜撰 丁字 范围 范本 范畴 范文 陆续 陆地 陆路 康复 钟头 钟点 温州 郑州 广州 杭州 徐州 苏州 梅州 \
    马上 马路 马桶 马力 马达 马虎 朱红 胡乱 胡说 郭外 罗马 唐山 许昌 许久 邓小 曹操 彭州 肖像 田园 叶子 程控 苏联 吕梁 卢沟 姜汤 石碑 夏天 夏季 夏日 夏令 付款 付清 付出 付费 付了 付给 付完 付全 付工 付租 付首 付房 \
    秦皇 雷同 雷电 雷雨 龙泉 段落 史上 史无 贺信 顾及 毛巾 黎明 梅雨 游客 游泳 游戏 游玩 游览 游乐 欧元 欧洲 章程 章节 章制 莫名 莫非 莫大 凌晨 凌乱 戴上 戴着 戴口 喻为 殷切 殷实 屈服 麦田 蓝色 蓝天 耿直 尤其 尤为 卓越 \
    马拉 谭先 万家 万余 万股 万能 万科 万象 周知 周全 周岁 周内 周后 周前 周报 马甲 石棉 石板 石膏 石化 石墨 石灰 石英 石桥 石井 杨梅 梁柱 田赛 汪洋 姜黄 黄沙 黄豆 黄泥 黄灯 黄页 黄昏 沐浴 涂改 涂料 涂抹 涂层 骆驼 葛根 焦虑 焦炭 焦急 焦点 焦化 贾汪 叶片 吴江 蒲江 詹妮 赖账 赖皮 赖以 付账 付息 付现 付诸 付之 付定 史料 史志 毛重 毛猪 毛竹 夏普 龙岗 龙华 贺卡 林立 林下 林改 蓝领 蓝牙 蓝图 游行 游人 游艇 凌驾 卓有 严防 严明 严抓 严管 严守 严实 严寒 严峻 严加 严令 严于 谭木 钟表 钟楼 程式 余热 余下 余震 余生 余力 余粮 余温 余波 何以 何方 何故 何不 何苦 何尝 何止 何乐 何谓 何妨 何其 何曾 何去 何从 何样 \
    和谐 和平 和解 和睦 华为 华夏 华东 华南 华北 明确 明显 明白 明天 明年 明日 明明 明知 明码 明令 文件 文化 文明 文书 文字 文体 信息 信访 信用 信任 信心 信件 信号 计划 计算 计生 计入 来信 来电 来访 来说 来源 来到 来了 利用 利益 利息 利润 \
    原因 原来 原则 原有 原本 原件 原地 商品 商家 商业 商场 商户 商铺 商贸 商务 商量 商标 商会 农村 农民 农业 农田 农户 农贸 农药 强制 强烈 强行 强调 强化 强迫 满意 满足 兴建 兴办 兴趣 居民 居住 居委 管理 管道 管线 管网 管辖 边上 边界 边坡 \
    施工 施行 施肥 依照 依据 依法 依规 依托 向新 向原 党校 洪水 季度 季节 古城 古镇 古树 普通 普遍 普及 普查 普惠 连续 连接 连然 景区 景观 荣誉 申请 申报 申诉 申领 青年 青少 青春 权利 权力 权益 权限 海关 海南 花园 花费 花钱 花了 祖国 祖宅 席位 习惯 习近 宣传 宣布 封闭 封路 纪委 纪律 纪检 海口 南京 南方 南路 南宁 原告 车牌 印发 印章 印刷 英语 英文 信贷 信誉";

/// Everyday words that end in a surname: what follows is no name.
const ENDS: &str = "熏陶 面孔 钻孔 打孔 井孔 工程 过程 流程 课程 里程 全程 行程 日程 路程 议程 章程 路段 阶段 地段 时段 手段 片段 分钟 历史 上周 下周 本周 每周 一周 两周 三周 四周 经常 非常 正常 日常 通常 平常 \
    异常 照顾 回顾 不顾 祝贺 感谢 多谢 致谢 谢谢 答谢 允许 也许 或许 准许 特许 如何 任何 为何 因何 其余 剩余 多余 业余 园林 森林 树林 农林 绿林 农田 水田 煤田 油田 良田 提高 较高 最高 过高 很高 升高 偏高 更高 太高 \
    对方 地方 双方 各方 官方 警方 校方 一方 多方 我方 甲方 乙方 资方 平方 立方 千万 百万 数万 几万 十万 两万 资金 现金 租金 押金 基金 罚金 奖金 定金 本金 白金 薪金 积金 明白 空白 完成 建成 造成 构成 \
    组成 形成 达成 变成 不成 落成 促成 供应 反应 响应 相应 效应 适应 理应 本应 不应 健全 齐全 安全 完全 保全 公安 治安 保安 西安 不安 平安 长安 简单 订单 账单 名单 清单 保单 传单 工单 面包 承包 外包 钱包 打包 分包 发包 转包 \
    道路 公路 马路 铁路 线路 一路 修路 大路 住房 厨房 楼房 平房 库房 购房 买房 危房 公房 门房 汽车 货车 停车 开车 轿车 校车 同时 及时 当时 随时 按时 临时 小时 平时 有时 何时 准时 容易 交易 贸易 简易 轻易 不易 \
    内容 方向 一向 走向 转向 倾向 意向 志向 关于 由于 对于 位于 属于 至于 等于 处于 大于 小于 在于 基于 鉴于 便于 用于 利于 终于 善于 限于 低于 高于 源于 急于 忙于 出于 过于 有关 相关 机关 无关 海关 难关 开关 立项 \
    事项 各项 单项 一项 多项 选项 强项 款项 专项 现任 时任 原任 历任 前任 担任 兼任 继任 新任 责任 主任 信任 离任 连任 委任 不曾 未曾 曾曾 人马 司马 支付 缴付 交付 应付 偿付 已付 未付 首付 预付 代付 垫付 兑付 给付 拨付 托付 付付 应付 对付 \
    碎石 沙石 砂石 矿石 岩石 大石 恐龙 水龙 尾龙 黄龙 光华 中华 才华 繁华 精华 高温 低温 保温 体温 降温 常温 气温 加温 水温 主张 夸张 紧张 慌张 扩张 一张 两张 三张 几张 纸张 每张 此张 这张 四张 五张 国王 \
    杨梅 青梅 白杨 行李 桃李 树叶 茶叶 百叶 宏伟 布吕 广东 河北 复苏 江苏 流苏 姜姜 生姜 园丁 补丁 大陆 登陆 着陆 内陆 示范 规范 模范 防范 师范 典范 违范 长江 浙江 镇江 丽江 春夏 华夏 盛夏 初夏 立夏 地雷 水雷 打雷 脱贫 王侯 诸侯 气候 \
    皮毛 羊毛 眉毛 羽毛 铁皮 黑猫 地梅 上游 下游 旅游 中游 导游 出游 冬梅 印章 公章 盖章 违章 文章 规章 徽章 勋章 肩章 奖章 签章 图章 无章 落莫 切莫 约莫 严严 威严 庄严 尊严 从严 深蓝 海蓝 湛蓝 北欧 东欧 西欧 插戴 穿戴 佩戴 爱戴 不屈 委屈 冤屈 小麦 大麦 荞麦 依赖 信赖 无赖 抵赖 耍赖 红颜 容颜 厚颜 冲凌 冰凌 欺凌 手游 网游 苗圃 \
    多余 节余 结余 富余 盈余 空余 闲余 宽余 岁余 年余 月余 百余 十余 千余 万余 余余 残余 之余 公余 业余 心胸 二胡 含胡 五胡 东吴 吞吴 千万 上万 近万 过万 亿万 成千 罗罗 网罗 张罗 包罗 搜罗 绮罗 大唐 荒唐 颓唐 盛唐 北宋 南宋 唐宋 东汉 北魏 曹魏 西魏 三秦 先秦 大秦 前秦 西夏 洪荒 洪水 山洪 抗洪 防洪 泄洪 朱门 文史 党史 国史 青史 野史 丹青 大马 车马 骑马 木马 斑马 赛马 快马 牛马 兵马 战马 罗马 厦马 巴马 大田 种田 耕田 下田 心田 水泥 北海 上海 江海 大海";

/// Titles that follow a name.
const TITLES: &str = "同学 先生 女士 小姐 太太 师傅 大爷 大妈 阿姨 大姐 大哥 大叔 奶奶 爷爷 总经理 经理 书记 主任 局长 科长 处长 \
    镇长 乡长 村长 校长 院长 所长 队长 站长 厂长 律师 医生 董事长 支书 老师 同志 老板 会计 总监 部长 市长 \
    县长 区长 主席 秘书 教授 工程师 总工 法官 检察官 警官 记者 股长 行长 董事 组长 班长 店长 园长 大夫 \
    护士 出纳 干事 助理 专员 民警 辅警 社长 团长 校董 股东 大队长";

/// Words after which a name stands, marked as such: 联系人：.
const LABELS: &str = "联系人 经办人 负责人 法定代表人 法人代表 法人 申请人 投诉人 反映人 当事人 诉求人 姓名 来信人 举报人 委托人 \
    代理人 承办人 办理人 责任人 收件人 署名 落款 户主 业主 房东 名叫 我叫 叫做 本人 我是 车主 持卡人 户名 \
    收款人 开户人 证人 受害人 死者 伤者 患者 病人 家属 监护人 经理人";

/// Words after which a name may stand without a mark between: 村民张三.
const BEFORE: &str = "村民 居民 业主 职工 员工 工人 民警 司机 老板 市民 群众 教师 老师 厂长 会计 律师 队长 组长 支书 书记 \
    主任 经理 局长 科长 处长 镇长 所长 站长 校长 院长 董事长 同志 丈夫 妻子 老公 老婆 儿子 女儿 父亲 母亲 \
    爱人 哥哥 弟弟 姐姐 妹妹 同学 同事 邻居 工作人员 股东 员 叫 名为 联系 找到 包工头 中介 房主";

/// What may stand right after a name.
const AFTER: &str = "电话 手机 联系 身份 先生 女士 同志 现 系 是 于 的 说 称 在 来 向 与 和 等 及 反映 投诉 住 男 女 今 因 家住 为 被 把 将 已 也 到 从 去 要 对 给 你 您 \
    处 本人 共同 签字 签名 两人 二人 三人 夫妇 一家 夫妻 父子 打 找 却 就 又 还 告诉 表示 承诺 答应 回复 居住 收 欠 拿 答复 承办 负责 多次 曾 让 故 经 之 以 亲 当 带 没 不 未 都 同 跟 名下 有 接 再 则 并 提 挪 骗 骂 催 借 买 卖 租 砸 占 签 写 联名 跑 走 死 卷 微信 工资 账 卡 户 此";

/// What the lists say of one character.
#[derive(Clone, Copy, Default)]
pub(super) struct Facts {
    pub sure: bool,
    pub doubtful: bool,
    pub given: bool,
    pub never: bool,
}

const FIRST_HAN: usize = 0x4E00;
const LAST_HAN: usize = 0x9FFF;

struct Lexicon {
    /// By character from the first Han one on: a table, because every character of every text is looked up.
    facts: Vec<Facts>,
    not_names: HashSet<[char; 2]>,
    ends: HashSet<[char; 2]>,
    titles: Vocabulary,
    labels: Vocabulary,
    offices: Vocabulary,
    after: Vocabulary,
}

/// Words by the character that decides first: the one they begin with, or the one they end in.
type Vocabulary = HashMap<char, Vec<Vec<char>>>;

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let mut facts = vec![Facts::default(); LAST_HAN - FIRST_HAN + 1];
        let mut note = |list: &str, set: fn(&mut Facts)| {
            list.chars().filter_map(place).for_each(|at| set(&mut facts[at]));
        };
        note(DOUBTFUL, |f| f.doubtful = true);
        note(SURE, |f| (f.sure, f.doubtful) = (true, false));
        note(GIVEN, |f| f.given = true);
        note(NEVER, |f| (f.never, f.given) = (true, false));
        Lexicon {
            facts,
            not_names: pairs(NOT_NAMES),
            ends: pairs(ENDS),
            titles: by_first(TITLES),
            labels: by_last(LABELS),
            offices: by_last(BEFORE),
            after: by_first(AFTER),
        }
    })
}

fn words(list: &str) -> Vec<Vec<char>> {
    list.split_whitespace().map(|word| word.chars().collect()).collect()
}

fn by_first(list: &str) -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    words(list).into_iter().for_each(|word| vocabulary.entry(word[0]).or_default().push(word));
    vocabulary
}

fn by_last(list: &str) -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    words(list).into_iter().for_each(|word| vocabulary.entry(word[word.len() - 1]).or_default().push(word));
    vocabulary
}

fn pairs(list: &str) -> HashSet<[char; 2]> {
    words(list).into_iter().filter_map(|word| <[char; 2]>::try_from(word).ok()).collect()
}

/// Where the table has `c`.
fn place(c: char) -> Option<usize> {
    (c as usize).checked_sub(FIRST_HAN).filter(|at| *at <= LAST_HAN - FIRST_HAN)
}

/// What the lists say of `c`.
pub(super) fn facts(c: char) -> Facts {
    place(c).and_then(|at| lexicon().facts.get(at)).copied().unwrap_or_default()
}

/// Whether two characters are one surname.
pub(super) fn is_compound(first: char, second: char) -> bool {
    COMPOUND.iter().any(|surname| surname.chars().eq([first, second]))
}

/// Whether an everyday word begins with these two.
pub(super) fn begins_word(first: char, second: char) -> bool {
    lexicon().not_names.contains(&[first, second])
}

/// Whether an everyday word ends in these two.
pub(super) fn ends_word(first: char, second: char) -> bool {
    lexicon().ends.contains(&[first, second])
}

/// Whether `rest` begins with what may stand right after a name.
pub(super) fn may_follow(rest: &[char]) -> bool {
    beginning(&lexicon().after, rest).is_some()
}

/// The length of the title that `rest` begins with.
pub(super) fn title(rest: &[char]) -> Option<usize> {
    beginning(&lexicon().titles, rest)
}

/// The label, such as 联系人, that `before` ends in.
pub(super) fn label(before: &[char]) -> Option<&'static [char]> {
    ending(&lexicon().labels, before)
}

/// Whether `before` ends in an office or a relation that a name may follow.
pub(super) fn is_office(before: &[char]) -> bool {
    ending(&lexicon().offices, before).is_some()
}

fn beginning(vocabulary: &Vocabulary, rest: &[char]) -> Option<usize> {
    let words = vocabulary.get(rest.first()?)?;
    words.iter().filter(|word| rest.starts_with(word)).map(Vec::len).max()
}

fn ending(vocabulary: &'static Vocabulary, before: &[char]) -> Option<&'static [char]> {
    let words = vocabulary.get(before.last()?)?;
    words.iter().filter(|word| before.ends_with(word)).map(Vec::as_slice).max_by_key(|word| word.len())
}
