/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of answers in the languages that they are given in. What is not here is taken as it is. */
#include <string.h>
#include <strings.h>

#include "lab.h"

/* Several spellings are separated by blanks; the first Chinese one is shown. */
static const struct word {
	const char *word, *chinese, *english;
} words[] = {
    {"client", "客户端 客户机 客户 客户端先", "c"},
    {"server", "服务器 服务端 服务器端 服务方", "s srv"},
    {"router", "路由器", "r"},
    {"gateway", "网关", "gw"},
    {"switch", "交换机", ""},
    {"hub", "集线器", ""},
    {"host", "主机", ""},
    {"kernel", "内核", ""},
    {"both", "双方 两者 两端 两边 都 都是 同时", ""},
    {"neither", "都不 都不是 都没有 两者都不 两者都不是 双方都不 双方都没有", ""},
    {"none", "无 没有 不存在", "nothing nobody"},
    {"yes", "是 是的 对 有 会 能 可以", "y true"},
    {"no", "否 不 不是 没有 不会 不能 不可以", "n false"},
    {"unknown", "未知 不知道", ""},
    {"open", "开放 打开", ""},
    {"closed", "关闭", ""},
    {"filtered", "被过滤 过滤", ""},
    {"discover", "发现", ""},
    {"offer", "提供", ""},
    {"request", "请求", ""},
    {"reply", "应答 回答 答复", "answer"},
    {"response", "响应", ""},
    {"broadcast", "广播", ""},
    {"unicast", "单播", ""},
    {"multicast", "组播 多播", ""},
    {"timeout", "超时", ""},
    {"fast", "快速 快速重传", ""},
    {"duplicates", "重复确认 重复ACK 重复", "dupacks duplicate"},
    {"timer", "计时器 超时计时器 定时器 超时", "rto"},
    {"level", "电平触发 水平触发 电平", "lt level-triggered"},
    {"edge", "边沿触发 边缘触发 边沿", "et edge-triggered"},
    {"network", "网络 网络中", ""},
    {"program", "程序 服务器程序", ""},
    {"ack", "确认", ""},
    {"nak", "拒绝", "nack"},
    {"release", "释放", ""},
    {"reset", "重置 复位", "rst"},
    {"increases", "增大 变大 增加", "increase grows"},
    {"decreases", "减小 变小 减少", "decrease shrinks"},
    {"same", "不变 相同 一样", "unchanged"},
    {"doubles", "加倍 翻倍", "double"},
};

enum { NWORDS = sizeof(words) / sizeof(words[0]) };

static bool
lists(const char *list, const char *word, size_t n)
{
	while (*list) {
		size_t len = strcspn(list, " ");
		if (len == n && !strncasecmp(list, word, n))
			return true;
		list += len + (list[len] == ' ');
	}
	return false;
}

bool
nl_word_means(const char *word, const char *given, size_t n)
{
	if (strlen(word) == n && !strncasecmp(word, given, n))
		return true;
	for (size_t i = 0; i < NWORDS; i++)
		if (!strcasecmp(words[i].word, word))
			return lists(words[i].chinese, given, n) ||
			       lists(words[i].english, given, n);
	return false;
}

const char *
nl_word_shown(struct nl_pool *pool, const char *word)
{
	for (size_t i = 0; *nl_language() && i < NWORDS; i++)
		if (!strcmp(words[i].word, word))
			return nl_copy(pool, words[i].chinese, strcspn(words[i].chinese, " "));
	return word;
}
