// Package docx writes a document of internal/paper as an Office Open XML file
// (ECMA-376) that word processors open and edit. The same document gives the
// same bytes.
package docx
