"""Strategy and what the departments made of it: themes, company objectives, unit objectives."""

from portal.demo.shapes import A, C, J, Words, done, kpi, kr, okr, steps

# key: perspective, title, whose, weight in percent
THEMES = {"t.customer": ("customer", "成为机器人关节减速器的首选供应商", "xu.mingchuan", 30), "t.process": ("process", "质量成本降到行业前列", "qin.lang", 30), "t.finance": ("financial", "经营现金流转正并守住毛利", "lu.huaijin", 25), "t.people": ("learning", "把关键岗位的梯队建起来", "shen.jiahe", 15)}

# The company's own objectives of the year, by theme.
COMPANY: dict[str, tuple[Words, ...]] = {
    "t.customer": (
        okr(None, C, 14, "头部客户份额从 22% 提到 30%", 8, 5, kr("前五大客户采购份额", "%", "22.0", "30.0", "27.7"), key="c.share", accountable="wen.shuyun", why="五家整机厂占了国内协作机器人六成销量，进不了它们的主选名单，产能就没有去处。", say="两家客户把 RV-40E 列入主选，份额口径已和客户采购核对过。"),
        okr(
            None,
            C,
            8,
            "三家海外客户完成审厂",
            3,
            12,
            kr("通过审厂的海外客户", "家", "0", "3", "1"),
            steps("审厂准备", ("英文版质量手册", 30, True), ("过程能力报告", 40, False), ("模拟审核一次", 30, False)),
            key="c.audit",
            accountable="wen.shuyun",
            why="海外订单毛利高出国内七个点，审厂是唯一的门票。",
            say="一家通过，一家改期到下季度，英文过程能力报告还没有人接手。",
        ),
        kpi(None, 8, "订单准时交付率", "%", "91.5", "97.0", "95.9", key="c.delivery", accountable="pan.muzhi", src="ERP", title="准时交付让客户不再为我们留余量", say="上月是最好的一个月，本月受柔轮外协拖累。"),
    ),
    "t.process": (
        kpi(None, 9, "质量成本占销售收入", "%", "2.4", "1.9", "2.0", key="c.coq", accountable="qin.lang", src="ERP", title="质量成本占比从 2.4% 降到 1.9%", say="内部损失降得快，外部索赔还剩两件老案子。"),
        kpi(None, 8, "成品一次交检合格率", "%", "96.8", "98.5", "98.1", key="c.fpy", accountable="tang.huaian", src="MES", say="两个总装车间都过了 98%，缺口在 RV-25C。"),
        kpi(None, 8, "订单到发货的中位天数", "天", "38", "28", "31", key="c.leadtime", accountable="shi.wenlan", src="ERP", title="订单到发货从 38 天缩短到 28 天", say="换型和热处理外协是剩下的两处长等。"),
        okr(None, J, 5, "关键工序数据全部自动采集", 5, 19, steps("上线工序", ("压装力与扭矩", 40, True), ("磨齿尺寸", 30, False), ("清洗与注脂", 30, False)), key="c.digital", accountable="xu.mingchuan", why="手工抄数晚一天，问题就晚一天暴露。", say="一期完成后项目停在预算评审，目前没有部门认领二期。"),
    ),
    "t.finance": (
        kpi(None, 10, "经营现金流净额", "万元", "-600", "1500", "780", key="c.cash", accountable="lu.huaijin", src="财务系统", rule="baseline", title="经营现金流净额转正，达到 1,500 万元", say="还有两笔大额回款在途，到账后约 1,260 万元。"),
        kpi(None, 8, "综合毛利率", "%", "30.2", "31.5", "30.9", key="c.margin", accountable="lu.huaijin", src="财务系统", title="综合毛利率守住 31.5%", say="轴承钢涨价吃掉 0.4 个点，设计降本补回一半。"),
        kpi(None, 7, "库存占用压降额", "万元", "0", "1400", "1010", key="c.stock", accountable="pan.muzhi", src="ERP", title="库存占用压降 1,400 万元", say="呆滞料处理超出预期，在制品还压在机加工到装配之间。"),
    ),
    "t.people": (
        okr(None, J, 6, "8 个关键岗位都有随时可接任的人", 7, 8, kr("有合格继任人的关键岗位", "个", "2", "8", "5"), key="c.bench", accountable="shen.jiahe", why="去年两位工艺骨干离开，产线停了三周摸索，这样的代价不能再付。", say="工艺、设备、传动设计已落实，柔轮加工和两个车间经理还缺一位。"),
        kpi(None, 4, "一线多能工占比", "%", "35", "50", "44", key="c.skill", accountable="qin.lang", say="夜班补证比白班慢一个批次。"),
        okr(
            None,
            C,
            5,
            "RV-60E 拿到首个客户定点",
            6,
            9,
            steps("定点进度", ("样机交付客户", 25, True), ("3,000 小时寿命试验", 40, False), ("小批试装 50 台", 20, True), ("签定点协议", 15, False)),
            key="c.rv60",
            accountable="ye.minghui",
            why="人形机器人的关节扭矩比现有产品高一档，先定点的人定规格。",
            say="寿命试验跑到 2,140 小时，温升在范围内。",
        ),
    ),
}

# Unit objectives: (period, words). Two parents where a goal serves two.
UNITS: dict[str, tuple[tuple[str, Words], ...]] = {
    "assembly": (
        ("year", kpi("c.fpy", 30, "两车间一次装配合格率", "%", "97.2", "98.5", "98.2", src="MES", key="a.fpy", ago=2)),
        ("year", kpi("c.coq", 25, "内部质量损失", "万元", "420", "310", "296", src="财务系统", key="a.coq", ago=9)),
        ("year", kpi("c.leadtime", 20, "关键设备综合效率", "%", "77.5", "84.0", "82.3", src="MES", key="a.oee", ago=3)),
        ("year", kpi("c.stock", 10, "在制品压降额", "万元", "0", "204", "150", src="ERP", key="a.stock")),
        ("year", kpi(None, 15, "可记录工伤", "起", "2", "0", "0", rule="pass_fail", title="全年可记录工伤为零", key="a.safe", conf=9, ago=1)),
        (
            "quarter",
            okr(
                "c.share",
                C,
                40,
                "RV-40E 谐波线按节拍量产",
                5,
                1,
                kr("四号线日产量", "台", "260", "360", "306"),
                key="a.rv40e",
                shared=(("rd", "设计问题两天内答复，装配图纸冻结在 D 版"), ("supply", "柔轮和交叉滚子轴承按周齐套")),
                why="客户下季度起每周要 1,800 台，达不到节拍，份额目标就是空话。",
                say="节拍稳在 87 秒，柔轮热处理外协延期一周，备选供应商首件明天到。",
            ),
        ),
        ("quarter", okr("c.leadtime", A, 35, "换型不再打断一天的节奏", 4, 6, kr("两车间平均换型用时", "分钟", "28", "15", "23"), key="a.change", say="四号线做到 21 分钟，五号线还在 25。")),
        ("quarter", okr("c.coq", C, 25, "夜班和白班一样稳", 7, 4, kr("夜班与白班合格率之差", "百分点", "1.6", "0.3", "0.7"), kr("夜班平均停机", "分钟/班", "54", "25", "36"), key="a.night", say="防错夹具上线后夜班错漏装降到个位数。")),
    ),
    "w1": (
        ("year", kpi("a.fpy", 40, "总装一车间一次装配合格率", "%", "97.1", "98.5", "98.2", src="MES", key="w1.fpy", ago=1)),
        ("year", kpi("a.oee", 35, "月均合格产出", "台", "6900", "8200", "7850", src="MES", key="w1.output")),
        ("year", okr("c.bench", J, 25, "班组长梯队：6 名骨干能独立带班", 7, 16, kr("通过带班考核", "人", "0", "6", "3"), key="w1.bench")),
        ("quarter", okr("a.rv40e", C, 60, "四号线按节拍稳定出货", 5, 1, kr("四号线节拍", "秒", "96", "78", "87"), key="w1.line4", say="压装工位改双手取放后省 6 秒，剩下的瓶颈在注脂。")),
        ("quarter", okr("a.night", A, 40, "漏装错装在一车间绝迹", 8, 3, kr("月错漏装件数", "件", "9", "0", "2"), key="w1.proof", say="最后两件都出在八号工位，等新导轨。")),
    ),
    "w2": (
        ("year", kpi("a.fpy", 40, "总装二车间一次装配合格率", "%", "97.3", "98.4", "98.1", src="MES", key="w2.fpy", ago=2)),
        ("year", kpi("a.coq", 30, "返修一次通过率", "%", "88.0", "94.0", "91.6", src="MES", key="w2.rework")),
        ("year", kpi("a.oee", 30, "RV-25C 月均产出", "台", "3100", "3800", "3520", src="MES", key="w2.output")),
        ("quarter", okr("a.night", C, 50, "把一车间的防错做法搬到五号线", 6, 5, kr("切换到防错夹具的工位", "个", "0", "7", "3"), kr("五号线错漏装", "件/月", "8", "2", "5"), key="w2.copy", say="标准包拿到手，三个工位已切换，夹具底座尺寸要改。")),
        ("quarter", okr("a.change", C, 50, "五号线换型进 18 分钟", 5, 8, kr("五号线换型用时", "分钟", "31", "18", "25"), key="w2.five", say="内外换型分开后省 4 分钟，工装车还没到位。")),
    ),
    "rd": (
        ("year", okr("c.rv60", C, 40, "RV-60E 通过 3,000 小时寿命试验", 6, 9, kr("寿命试验累计", "小时", "0", "3000", "2140"), key="rd.rv60", say="两台样机并跑，第三台换新脂后温升低 3 度。")),
        ("year", kpi("c.margin", 30, "设计降本金额", "万元", "0", "260", "205", src="财务系统", key="rd.cost")),
        ("year", kpi("c.leadtime", 30, "新图纸一次评审通过率", "%", "71", "85", "82", key="rd.review")),
        ("quarter", okr("c.rv60", C, 55, "RV-60E 小批试装暴露的问题全部关闭", 6, 4, kr("关闭的试装问题", "项", "0", "34", "22"), key="rd.pilot", say="剩下 12 项里有 5 项要改模具，供应商报了周期。")),
        ("quarter", okr("a.rv40e", C, 45, "RV-40E 的设计问题两天内有答复", 8, 2, kr("两天内答复率", "%", "52", "95", "86"), key="rd.answer", say="现场拍照直接进群，由值班设计师当天分派。")),
    ),
    "machining": (
        ("year", kpi("c.coq", 40, "柔轮综合废品率", "%", "3.8", "2.6", "2.9", src="MES", key="m.scrap")),
        ("year", kpi("c.leadtime", 35, "磨齿设备综合效率", "%", "72.0", "80.0", "77.4", src="MES", key="m.oee")),
        ("year", kpi("c.stock", 25, "柔轮在制压降额", "万元", "0", "300", "236", src="ERP", key="m.stock")),
        ("quarter", okr("a.rv40e", C, 60, "柔轮供货不再卡装配", 4, 2, kr("柔轮日齐套率", "%", "81", "98", "88"), kr("热处理外协周期", "天", "9", "5", "8"), key="m.flex", say="外协炉子检修一周，内部连续炉加开一班补了六成。")),
        ("quarter", okr("c.coq", A, 40, "磨齿首件不再重磨", 6, 7, kr("磨齿首件合格率", "%", "86", "97", "92"), key="m.first")),
    ),
    "quality": (
        ("year", kpi("c.share", 35, "客户端百万分缺陷率", "PPM", "420", "250", "268", src="MES", key="q.ppm")),
        ("year", kpi("c.coq", 30, "客户索赔金额", "万元", "96", "50", "47", src="财务系统", key="q.claim")),
        ("year", kpi("c.fpy", 35, "来料批合格率", "%", "94.6", "97.5", "96.8", src="MES", key="q.incoming")),
        ("quarter", okr("a.rv40e", C, 60, "备选热处理供应商拿到批产资格", 3, 3, kr("认证节点完成", "个", "0", "5", "2"), key="q.cert", say="过程审核通过，金相要驻厂看三批。")),
        ("quarter", okr("c.fpy", C, 40, "关键尺寸的测量系统都可信", 8, 5, kr("通过 MSA 的量具", "套", "21", "40", "34"), key="q.msa")),
    ),
    "supply": (
        ("year", kpi((("c.delivery", 70), ("c.share", 30)), 35, "订单准时交付率", "%", "91.5", "97.0", "95.9", src="ERP", key="s.ontime", ago=3, say="本月掉了 0.6 个点，全部来自柔轮。")),
        ("year", kpi("c.margin", 35, "采购降本金额", "万元", "0", "480", "391", src="财务系统", key="s.cost")),
        ("year", kpi("c.stock", 30, "呆滞与超储压降额", "万元", "0", "700", "624", src="ERP", key="s.stock")),
        ("quarter", okr("c.delivery", C, 60, "关键物料不再只有一家", 5, 6, kr("有第二供方的关键物料", "种", "11", "19", "15"), key="s.dual", say="交叉滚子轴承第二家小批合格，柔轮热处理还在认证。")),
        ("quarter", okr("c.leadtime", C, 40, "生产线边不再等料", 7, 3, kr("线边缺料停线", "次/月", "11", "3", "5"), key="s.line")),
    ),
    "sales": (
        ("year", kpi("c.share", 40, "新签订单额", "万元", "14600", "19500", "16850", src="CRM", key="sa.order", conf=6, say="还有两份框架合同在走客户法务。")),
        ("year", kpi("c.cash", 35, "到期回款率", "%", "83.0", "92.0", "88.4", src="财务系统", key="sa.collect")),
        ("year", kpi("c.share", 25, "新进主选名单的机型", "个", "0", "4", "3", key="sa.listed")),
        ("year", okr("c.delivery", C, 0, "客户改期当天答复并锁定排产", 7, 4, kr("当天答复的改期", "%", "60", "95", None), key="sa.replan", why="准时交付一半输在改期没人答复：营销当天锁定，计划才排得准。")),
        ("quarter", okr("c.share", C, 50, "售后首次响应缩短到 4 小时", 7, 17, kr("首次响应中位时长", "小时", "9.5", "4.0", "6.5"), key="sa.service", accountable="he.lanxin")),
        ("quarter", okr("c.share", A, 50, "两家机器人客户把 RV-40E 列为主选", 7, 4, kr("完成主选评审", "家", "0", "2", "1"), kr("客户产线验证样机", "台", "0", "40", "32"), key="sa.prime", say="第二家的评审会排到下月十号。")),
    ),
    "finance": (
        ("year", kpi("c.cash", 50, "应收账款周转天数", "天", "118", "95", "101", src="财务系统", key="f.dso")),
        ("year", kpi("c.margin", 50, "月结完成天数", "天", "9", "5", "6", key="f.close")),
        ("quarter", okr("c.margin", C, 100, "每个机型的真实成本一周内看得到", 7, 5, kr("出机型成本的天数", "天", "18", "7", "10"), kr("按工单归集的机型", "个", "6", "14", "11"), key="f.cost", say="RV-60E 试产工单的归集规则上周和生产对齐。")),
    ),
    "hr": (
        ("year", okr("c.bench", J, 40, "关键岗位继任人计划落到每个人的日程", 7, 8, kr("带着发展计划的继任人", "人", "0", "16", "11"), key="h.bench")),
        ("year", kpi("c.bench", 30, "关键人才流失率", "%", "9.5", "6.0", "6.8", key="h.leave")),
        ("year", kpi(None, 30, "关键系统可用率", "%", "99.2", "99.8", "99.7", key="h.system", src="监控平台")),
        ("quarter", okr("c.bench", C, 60, "管理者把双周对话当成日常", 6, 3, kr("对话按时率", "%", "61", "85", "77"), kr("没有对话记录的管理者", "人", "5", "0", "2"), key="h.talk", say="两位部长还在补上季度的记录，已单独陪谈一次。")),
        ("quarter", okr("c.skill", C, 40, "夜班补证的人不用再请假上课", 7, 6, kr("夜班时段开课", "场", "0", "8", "5"), key="h.night")),
    ),
}

# Last quarter of the units: closed, graded, with a lesson.
UNITS_BEFORE: dict[str, tuple[Words, ...]] = {
    "assembly": (done(C, "RV-40E 试产转量产的条件全部具备", "0.8", "工艺、设备、检验三份放行单分开签，问题在第三份才暴露。以后合成一张，缺一项就不放行。", kr("放行条件完成", "项", "0", "26", "22"), parents="c.share"),),
    "w1": (done(A, "错漏装降到个位数", "0.7", "防错要从取放顺序做起，加人复检只会把问题往后推。", kr("月错漏装件数", "件", "15", "5", "8"), parents="c.coq"),),
    "w2": (done(C, "返修线积压清到两天以内", "0.6", "积压不是修得慢，是判定等人。现在由班长先判，工艺每天两次集中复核。", kr("返修在线天数", "天", "6.0", "2.0", "3.5"), parents="c.coq"),),
    "rd": (done(C, "RV-60E 三台样机交付客户", "1.0", "样机状态表和客户共用一份，省下的来回邮件比预想多。", kr("交付样机", "台", "0", "3", "3"), parents="c.rv60"),),
    "machining": (done(C, "磨齿换砂轮时间减半", "0.7", "对刀仪放到机外预调，比训练操作更管用。", kr("换砂轮用时", "分钟", "48", "24", "31"), parents="c.leadtime"),),
    "quality": (done(C, "八大索赔全部给出根因", "0.9", "客户要的是为什么没拦住，而不只是为什么会坏。", kr("关闭的索赔", "件", "0", "8", "7"), parents="c.coq"),),
    "supply": (done(C, "呆滞料清理三百万元", "1.0", "先问研发哪些还能改用，再谈卖，价差有一倍。", kr("呆滞处理金额", "万元", "0", "300", "318"), parents="c.stock"),),
    "sales": (done(C, "两家头部客户进入小批验证", "0.8", "样机之外要带上过程能力数据，客户质量部才肯排期。", kr("进入小批验证", "家", "0", "2", "2"), kr("验证用样机", "台", "0", "30", "19"), parents="c.share"),),
    "finance": (done(C, "月结压到六天", "0.7", "卡点在暂估，不在记账。仓库每天关账后快了两天。", kr("月结天数", "天", "8", "6", "6.5"), parents="c.margin"),),
    "hr": (done(C, "半年评估按时收齐", "0.9", "提醒发给本人没用，列出谁在等他才有用。", kr("按时提交率", "%", "78", "98", "96"), parents="c.bench"),),
}

# Last year's library, closed: (theme, title, measure, unit, baseline, target, final, score, what was learned).
LAST_YEAR = (
    ("t.customer", "头部客户份额从 18% 提到 24%", "前五大客户采购份额", "%", "18.0", "24.0", "22.0", "wen.shuyun", "份额涨在样机阶段就定了，量产后再追已经晚了半年。"),
    ("t.customer", "订单准时交付率达到 94%", "订单准时交付率", "%", "88.7", "94.0", "91.5", "pan.muzhi", "计划排得再细，外协一延就全盘重来，双供要先做。"),
    ("t.process", "质量成本占比降到 2.3%", "质量成本占销售收入", "%", "2.9", "2.3", "2.4", "qin.lang", "内部损失口径各算各的，年中统一以后才看清大头在返修。"),
    ("t.process", "成品一次交检合格率达到 97%", "成品一次交检合格率", "%", "95.9", "97.0", "96.8", "tang.huaian", "靠检验把关到了头，要往工艺防错上走。"),
    ("t.finance", "经营现金流缺口收窄到 500 万元", "经营现金流净额", "万元", "-1350", "-500", "-600", "lu.huaijin", "回款责任落到每个客户经理以后才有起色。"),
    ("t.people", "关键岗位继任人达到 3 个", "有合格继任人的关键岗位", "个", "0", "3", "2", "shen.jiahe", "名单好列，难的是给时间练。"),
)

# Agreed goals reworded this quarter: whose, the title now, the title before, why, who agreed, days ago.
REVISED = (
    ("lin.zhiyuan", "把换型时间做到行业没有人做到的 12 分钟", "把换型时间做到行业没有人做到的 10 分钟", "快换接头交期推到下月，10 分钟要等第二版定位块。", "qin.lang", 6),
    ("he.yiming", "备选供应商在季度内通过热处理认证", "备选供应商本月底前通过热处理认证", "外协炉子检修一周，三批首件排到下月才能做完。", "lin.zhiyuan", 9),
    ("fu.jingxing", "第二家客户的主选评审开成", "两家客户的主选评审都开成", "第一家上季度已提前开完，本季只剩第二家。", "wen.shuyun", 38),
    ("feng.jibai", "寿命试验无人值守跑满 3,000 小时", "寿命试验跑满 3,000 小时", "夜里没有人值守，改成无人值守才算数。", "ye.minghui", 41),
)
