"""The roster: people, units and what changed, as plain tables. Tenures are (years, months) before today."""

# key, name, parent, head
UNITS = (
    ("company", "衡屿精密制造有限公司", None, "xu.mingchuan"),
    ("rd", "研发中心", "company", "ye.minghui"),
    ("assembly", "装配制造部", "company", "qin.lang"),
    ("w1", "总装一车间", "assembly", "lin.zhiyuan"),
    ("w2", "总装二车间", "assembly", "du.ruoheng"),
    ("machining", "机加工部", "company", "gu.qinghe"),
    ("quality", "质量部", "company", "tang.huaian"),
    ("supply", "供应链部", "company", "pan.muzhi"),
    ("sales", "营销中心", "company", "wen.shuyun"),
    ("finance", "财务部", "company", "lu.huaijin"),
    ("hr", "人力资源与信息化部", "company", "shen.jiahe"),
)
STAFF, TRIAL, AGENCY = "正式", "试用", "派遣"

# login (or number of somebody without an account): name, number, title, unit, manager, level, family, tenure, kind
Facts = tuple[str, str, str, str, str | None, str, str, tuple[int, int], str]
ROSTER: dict[str, Facts] = {
    "xu.mingchuan": ("许明川", "20001", "总经理", "company", None, "P10", "管理", (12, 3), STAFF),
    "wu.tao": ("吴涛", "20136", "内审主管", "company", "xu.mingchuan", "P7", "审计", (8, 5), STAFF),
    # 装配制造部
    "qin.lang": ("秦朗", "20058", "装配制造部部长", "assembly", "xu.mingchuan", "P9", "生产管理", (9, 6), STAFF),
    "he.linchuan": ("贺临川", "20143", "工艺主管", "assembly", "qin.lang", "P7", "工艺", (8, 2), STAFF),
    "shi.wenlan": ("石文澜", "20219", "生产计划主管", "assembly", "qin.lang", "P7", "计划", (7, 9), STAFF),
    "qi.yuanshan": ("祁远山", "20087", "设备主管", "assembly", "qin.lang", "P7", "设备", (9, 1), STAFF),
    "gao.yanqiu": ("高砚秋", "20352", "高级工艺工程师", "assembly", "he.linchuan", "P6", "工艺", (6, 11), STAFF),
    "fang.yan": ("方砚", "20861", "工艺工程师", "assembly", "he.linchuan", "P5", "工艺", (4, 10), STAFF),
    "ji.changning": ("季长宁", "20474", "高级计划员", "assembly", "shi.wenlan", "P6", "计划", (6, 4), STAFF),
    "xie.langqing": ("谢朗清", "21058", "生产计划员", "assembly", "shi.wenlan", "P5", "计划", (3, 5), STAFF),
    "bai.lu": ("白鹭", "20533", "设备工程师", "assembly", "qi.yuanshan", "P6", "设备", (6, 1), STAFF),
    "meng.huaiyuan": ("孟怀远", "20912", "设备技术员", "assembly", "qi.yuanshan", "P4", "设备", (4, 8), STAFF),
    # 总装一车间
    "lin.zhiyuan": ("林知远", "20287", "总装一车间经理", "w1", "qin.lang", "P8", "生产管理", (7, 2), STAFF),
    "zhou.xiaolan": ("周晓岚", "20926", "装配工艺工程师", "w1", "lin.zhiyuan", "P6", "工艺", (4, 7), STAFF),
    "he.yiming": ("何一鸣", "21142", "工艺工程师", "w1", "lin.zhiyuan", "P5", "工艺", (2, 4), STAFF),
    "chen.liqun": ("陈立群", "20264", "夜班班长", "w1", "lin.zhiyuan", "P5", "班组", (7, 6), STAFF),
    "wu.peishan": ("吴佩珊", "20748", "检验组长", "w1", "lin.zhiyuan", "P5", "质量", (5, 8), STAFF),
    "tang.qiwu": ("唐栖梧", "21093", "工艺工程师", "w1", "lin.zhiyuan", "P5", "工艺", (3, 1), STAFF),
    "20102": ("钱根生", "20102", "装配钳工", "w1", "lin.zhiyuan", "P3", "班组", (8, 11), STAFF),
    "20618": ("何秀芬", "20618", "装配工", "w1", "lin.zhiyuan", "P3", "班组", (5, 11), STAFF),
    # 总装二车间
    "du.ruoheng": ("杜若衡", "20311", "总装二车间经理", "w2", "qin.lang", "P7", "生产管理", (7, 1), STAFF),
    "han.mu": ("韩牧", "20689", "设备工程师", "w2", "du.ruoheng", "P5", "设备", (5, 9), STAFF),
    "su.muyan": ("苏慕言", "20957", "工艺工程师", "w2", "du.ruoheng", "P5", "工艺", (4, 2), STAFF),
    "yu.xiuyuan": ("余修远", "20845", "返修线班长", "w2", "du.ruoheng", "P4", "班组", (5, 1), STAFF),
    "mu.qingyang": ("穆清扬", "21011", "装配技师", "w2", "du.ruoheng", "P4", "班组", (3, 9), STAFF),
    "jiang.yuan": ("蒋予安", "21188", "装配技师", "w2", "du.ruoheng", "P3", "班组", (1, 10), STAFF),
    "20377": ("罗建军", "20377", "装配钳工", "w2", "du.ruoheng", "P3", "班组", (6, 9), AGENCY),
    # 研发中心
    "ye.minghui": ("叶明徽", "20199", "研发中心主任", "rd", "xu.mingchuan", "P9", "研发", (7, 11), STAFF),
    "pei.zhixing": ("裴知行", "20425", "传动设计组长", "rd", "ye.minghui", "P7", "研发", (6, 6), STAFF),
    "zhang.yining": ("章以宁", "20802", "结构工程师", "rd", "pei.zhixing", "P6", "研发", (5, 5), STAFF),
    "feng.jibai": ("冯既白", "21033", "测试工程师", "rd", "ye.minghui", "P5", "研发", (3, 7), STAFF),
    "shao.qiyuan": ("邵启元", "20590", "试制工艺工程师", "rd", "ye.minghui", "P6", "工艺", (5, 10), STAFF),
    "xu.zhixia": ("许知夏", "21236", "助理结构工程师", "rd", "pei.zhixing", "P3", "研发", (0, 4), STAFF),
    # 机加工部
    "gu.qinghe": ("顾青禾", "20417", "机加工部部长", "machining", "xu.mingchuan", "P8", "生产管理", (6, 7), STAFF),
    "tao.yimo": ("陶以默", "20388", "柔轮加工主管", "machining", "gu.qinghe", "P7", "机加工", (6, 8), STAFF),
    "lou.qinghe": ("楼清和", "20655", "数控编程工程师", "machining", "tao.yimo", "P5", "机加工", (5, 10), STAFF),
    "huo.siqi": ("霍思齐", "20873", "热处理工程师", "machining", "gu.qinghe", "P5", "机加工", (4, 9), STAFF),
    "gu.yuchen": ("谷雨辰", "21219", "数控技师", "machining", "tao.yimo", "P3", "机加工", (0, 7), STAFF),
    "bi.wenbin": ("毕文彬", "20770", "数控技师", "machining", "tao.yimo", "P4", "机加工", (5, 7), STAFF),
    # 质量部
    "tang.huaian": ("唐怀安", "20176", "质量部部长", "quality", "xu.mingchuan", "P8", "质量", (8, 1), STAFF),
    "luo.nan": ("骆南", "20566", "供应商质量工程师", "quality", "tang.huaian", "P6", "质量", (6, 0), STAFF),
    "ji.yunzhou": ("纪云舟", "21177", "质量工程师", "quality", "tang.huaian", "P5", "质量", (2, 1), STAFF),
    "song.wenying": ("宋闻莺", "20898", "质量工程师", "quality", "tang.huaian", "P5", "质量", (4, 9), STAFF),
    "ding.bozhou": ("丁柏舟", "20705", "计量员", "quality", "tang.huaian", "P4", "质量", (5, 9), STAFF),
    # 供应链部
    "pan.muzhi": ("潘牧之", "20231", "供应链部部长", "supply", "xu.mingchuan", "P8", "供应链", (7, 8), STAFF),
    "cen.ruoxi": ("岑若溪", "20512", "采购主管", "supply", "pan.muzhi", "P6", "供应链", (6, 2), STAFF),
    "wei.zijin": ("卫子衿", "21069", "采购工程师", "supply", "pan.muzhi", "P5", "供应链", (3, 4), STAFF),
    "guan.shanyue": ("关山月", "20447", "仓储物流主管", "supply", "pan.muzhi", "P5", "供应链", (6, 5), STAFF),
    # 营销中心
    "wen.shuyun": ("温书韵", "20115", "营销中心总监", "sales", "xu.mingchuan", "P9", "营销", (8, 8), STAFF),
    "he.lanxin": ("贺兰心", "20338", "售后服务经理", "sales", "wen.shuyun", "P7", "售后", (7, 0), STAFF),
    "fu.jingxing": ("傅景行", "20609", "大客户经理", "sales", "wen.shuyun", "P6", "营销", (5, 11), STAFF),
    "jian.ning": ("简宁", "20990", "海外销售工程师", "sales", "wen.shuyun", "P5", "营销", (3, 11), STAFF),
    "an.ruoxi": ("安若曦", "21244", "销售工程师", "sales", "wen.shuyun", "P4", "营销", (0, 2), TRIAL),
    "yin.chao": ("尹朝", "21107", "驻外售后工程师", "sales", "he.lanxin", "P4", "售后", (2, 11), STAFF),
    "you.li": ("尤立", "20836", "销售工程师", "sales", "wen.shuyun", "P5", "营销", (5, 2), STAFF),
    # 财务部
    "lu.huaijin": ("陆怀瑾", "20091", "财务总监", "finance", "xu.mingchuan", "P9", "财务", (9, 0), STAFF),
    "bai.zhi": ("白芷", "20527", "成本会计主管", "finance", "lu.huaijin", "P6", "财务", (6, 1), STAFF),
    "cheng.yimo": ("程以沫", "21129", "应收会计", "finance", "lu.huaijin", "P4", "财务", (2, 6), STAFF),
    # 人力资源与信息化部
    "shen.jiahe": ("沈嘉禾", "20164", "人力资源与信息化部部长", "hr", "xu.mingchuan", "P8", "人力", (8, 3), STAFF),
    "fang.yu": ("方屿", "20460", "HRBP", "hr", "shen.jiahe", "P6", "人力", (6, 4), STAFF),
    "sun.hao": ("孙浩", "20405", "系统管理员", "hr", "shen.jiahe", "P6", "信息化", (6, 7), STAFF),
    "jiang.yucheng": ("江予澄", "20974", "信息化工程师", "hr", "shen.jiahe", "P5", "信息化", (4, 0), STAFF),
}
# Days ago.
LEFT = {"tang.qiwu": 24, "bi.wenbin": 151, "you.li": 243}
# Kind, since days ago, until days ahead.
ABSENT = {"wei.zijin": ("产假", 46, 112)}
# Months ago, and the title and level held before.
PROMOTED = {
    "zhou.xiaolan": ((16, "装配工艺工程师", "P5"), (34, "工艺员", "P4")),
    "lin.zhiyuan": ((22, "总装一车间副经理", "P7"),),
    "he.linchuan": ((25, "高级工艺工程师", "P6"),),
    "he.yiming": ((11, "工艺员", "P4"),),
    "pei.zhixing": ((17, "传动设计工程师", "P6"),),
    "tao.yimo": ((20, "数控工程师", "P6"),),
    "fang.yu": ((13, "人力资源专员", "P5"),),
    "chen.liqun": ((28, "装配技师", "P4"),),
}
# Months ago, and the unit, manager, title and family before.
MOVES = {
    "shao.qiyuan": (5, "assembly", "he.linchuan", "工艺工程师", "工艺"),
    "huo.siqi": (8, "quality", "tang.huaian", "理化检验工程师", "质量"),
}
# Months ago, and the manager before.
NEW_MANAGER = {"bai.lu": (5, "qin.lang")}
# Since months ago: unit, manager, title, share in basis points.
SECOND_POSTS = {"gao.yanqiu": (7, "rd", "ye.minghui", "RV-60E 试产工艺代表", 4_000)}
# Key posts: title > head of succession planning.
KEY_POSTS = frozenset({"工艺主管", "设备主管", "传动设计组长", "柔轮加工主管", "总装一车间经理", "总装二车间经理"})
