// Package document composes the documents that the system drafts for people to
// sign: the report of a task, the letter that urges, and the annexes of a plan.
// Each is a function from data to a paper.Document, in Vietnamese, for that is
// the language of what agencies send each other.
package document
