"""What people of the demo tell each other: the company's values, praise, words between two, and questions."""

from dataclasses import dataclass

VALUES = (
    ("质量说真话", "数字不好看也照实报；问题先说出来，再一起想办法。"),
    ("先问现场", "动图纸、改流程之前，先听每天在做的人怎么说。"),
    ("守约", "答应的日子就是日子；要变，提前说，不等别人来问。"),
    ("教会别人", "会做是本事，教会别人才是团队的本事。"),
    ("为客户多想一步", "客户没问的，我们先替他想到。"),
)


@dataclass(frozen=True)
class Said:
    """反馈 `days` ago; `value` and `goal` (a part of its title) are what it is linked to."""

    by: str
    to: str
    days: int
    words: str
    public: bool = False
    value: str = ""
    goal: str = ""
    asked: str = ""  # the topic it answers


@dataclass(frozen=True)
class Asked:
    """请求反馈 A question, so many `days` ago; `due` in so many days; `declined` by some of those asked."""

    by: str
    to: tuple[str, ...]
    days: int
    topic: str
    due: int = 5
    declined: tuple[str, ...] = ()
    goal: str = ""


HANDOVER = "夜班交接我这边做得怎么样？"
VIDEO = "防错夹具的标准包，二车间用起来顺不顺手？"
TRIAL = "RV-60E 试产期间，我和你们部门的配合"
SAMPLES = "首件金相这件事，我的沟通哪里可以更早？"

ASKED = (
    Asked("zhou.xiaolan", ("du.ruoheng", "su.muyan", "chen.liqun"), 23, VIDEO, 9, (), "错漏装"),
    Asked("chen.liqun", ("wu.peishan", "he.yiming"), 41, HANDOVER, 10, ("he.yiming",)),
    Asked("gu.qinghe", ("lin.zhiyuan", "ye.minghui", "pan.muzhi"), 6, TRIAL, 9),
    Asked("he.yiming", ("zhou.xiaolan", "tang.huaian"), 4, SAMPLES, 8, (), "热处理"),
)

SAID = (
    Said("qin.lang", "zhou.xiaolan", 129, "绿带课题不是写给评审看的，是班组真的在用。年节约 18 万元是财务签的字，这种改善我们要多讲。", True, "质量说真话"),
    Said("gu.qinghe", "zhou.xiaolan", 96, "把防错夹具的图纸和视频整理好直接给了我们，省了机加工一个星期。谢谢晓岚。", True, "教会别人", "错漏装"),
    Said("lin.zhiyuan", "zhou.xiaolan", 58, "三号工位你先请夜班讲取放习惯再动图，这一步省下的返工比图纸本身还多。下一步我希望你少自己上手，多看着别人调。", goal="防错夹具"),
    Said("chen.liqun", "zhou.xiaolan", 20, "标准包夜班看得懂，视频比文字管用。八号工位的那一页顺序写反了，照着做会卡住。", goal="错漏装", asked=VIDEO),
    Said("du.ruoheng", "zhou.xiaolan", 18, "五号线三个工位照着切，两天就顺了。要是附一张常见故障的对照表，我们就不用打电话问你。", goal="错漏装", asked=VIDEO),
    Said("fang.yan", "zhou.xiaolan", 9, "谢谢你把夹具变更的审批走法写成一页纸，工艺这边现在照着走，没有再被退回来。", True, "教会别人"),
    Said("zhou.xiaolan", "chen.liqun", 75, "夜班愿意把顺手的做法说出来，夹具才改得对。白天我看不到这些，多亏你们。", True, "先问现场", "夜班"),
    Said("wu.peishan", "chen.liqun", 38, "交接板写得清楚，缺的是件号。加上件号我早上就不用再跑一趟线边。", asked=HANDOVER),
    Said("lin.zhiyuan", "chen.liqun", 27, "三位骨干能独立开班前会，是你一晚一晚带出来的。考核再被冲掉，你直接打我电话，不用先忍两次。"),
    Said("wu.peishan", "he.yiming", 66, "批次追溯牌上了以后，我这边找混批从半天变成十分钟。", True, "为客户多想一步", "批次"),
    Said("lin.zhiyuan", "he.yiming", 15, "首件没把握的时候你先说没把握，这很难，也很对。下次排队一出现就来找我，不要等到日子到了。", value="质量说真话", goal="热处理"),
    Said("tang.huaian", "he.yiming", 33, "送检前把检测计划先发过来，金相室能排得开。这次三批都是当天才到，人等料，料等人。"),
    Said("qin.lang", "lin.zhiyuan", 44, "四号线断料那两天，你把人转去做培训和返修，没有一个班空着。这就是预案的价值。", True, "守约", "节拍"),
    Said("chen.liqun", "lin.zhiyuan", 12, "您答应的不被冲的晚上，这个月守住了三次，班里都看在眼里。津贴的事大家还在等一个准日子。"),
    Said("he.yiming", "wu.peishan", 51, "首件检验从四十分钟到二十四分钟，等待不再是我们的借口。", True, "质量说真话"),
    Said("pan.muzhi", "qin.lang", 30, "月底赶货前三天就把缺料清单发给我们，采购第一次不用救火。", True, "守约"),
    Said("zhou.xiaolan", "20102", 62, "钱师傅带两个新人，一个月就能独立装 RV-25C。他教的是手上的分寸，书里没有。", True, "教会别人"),
    Said("du.ruoheng", "su.muyan", 37, "文件重写先去工位量一遍再动笔，这次只改一稿就过了。进度落后一周，及时说，我来排人。", goal="作业文件"),
    Said("yu.xiuyuan", "su.muyan", 22, "返修线照你的新文件做，少拆一次壳。图上扭矩的单位和工具上的不一样，请统一。"),
    Said("wen.shuyun", "jian.ning", 47, "客户半夜的问题你第二天早上就有回复，还附了备选方案。海外客户点名感谢。", True, "为客户多想一步"),
    Said("jian.ning", "he.lanxin", 25, "Thank you for answering the German customer together with me. You had the failure photos ready before they asked.", True, "为客户多想一步"),
    Said("zhang.yining", "pei.zhixing", 19, "Design reviews start on time now and end with owners and dates. It would help to get the drawings a day earlier."),
    Said("pei.zhixing", "xu.zhixia", 13, "来了四个月，第一次自己讲完一场评审，问题答不上就说回去查，第二天真的查了。", True, "质量说真话"),
    Said("ye.minghui", "feng.jibai", 54, "耐久台夜里报警，你没有先复位，先留了数据。就是这组数据找到了轴承的问题。", True, "质量说真话"),
    Said("tao.yimo", "lou.qinghe", 28, "新程序省了两分钟，先给夜班试了三晚才上。就该这样。", True, "先问现场"),
    Said("bai.zhi", "gao.yanqiu", 34, "工艺改善的账这次一次对平，口径表写得很清楚。", True, "守约"),
    Said("shen.jiahe", "fang.yu", 16, "一车间的梯队访谈记得很细。下次把结论放在最前面，部长们只看第一页。"),
    Said("jiang.yucheng", "sun.hao", 40, "停机切换选在周日凌晨，还提前一周告诉车间，第二天没有一个电话。", True, "为客户多想一步"),
    Said("lin.zhiyuan", "gu.qinghe", 5, "试产期间柔轮的交期每天早上一条消息，好的坏的都有，我们排产心里有数。", asked=TRIAL),
)
