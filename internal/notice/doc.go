// Package notice holds what is told to whom, in which words and by which
// channel: the kinds of notices, the words of a coalesced message in both
// languages and those that an administrator puts in their place, the rule that leaves out what has been settled meanwhile, and the
// sender that speaks SMTP. Outside the system a notice carries code, period,
// due time and link, nothing of the content.
package notice
