// Package attachment says which files may stand beside a result: their names,
// what they really are, and what must not be in them. It looks at a file once,
// before anything of it is stored; see docs/attachments.md.
package attachment
