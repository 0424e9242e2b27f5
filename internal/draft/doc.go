// Package draft reads what an issued document assigns to whom: from its lines to facts, agencies, duties, due times,
// reports, targets and tables of tasks, each with the line it comes from, the rule that made it and how sure that rule
// is. A person checks the draft and turns it into a plan.
//
// The rules are those by which Vietnamese administrative documents are written (Decree 30/2020/NĐ-CP, annex I, for the
// layout; common usage for the wording); nothing knows a single document. What no rule understands is listed as
// unresolved, and no date or cadence is made up: what the document leaves out stays empty.
//
// The way of a document: Layout parts it into header, body, signature and attachments; outline makes a tree of its
// items by their marks; assign walks the tree and knows who each item is given to; the small readers (agencies, dates,
// cadences, legal bases, money) work on single sentences.
package draft
