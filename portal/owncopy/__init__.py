"""Own copy 个人数据副本: everything about a person that they may see, as a ZIP, read as they themselves read it."""
