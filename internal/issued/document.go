// Package issued reads a document as its authority issued it (.txt, .docx, .odt, .html, .md, .pdf, .doc) into numbered
// lines of clean Vietnamese, so that whoever makes sense of it never has to know what kind of file it was.
package issued

// Document is an issued document as it was read.
type Document struct {
	// Format tells what kind of file it was.
	Format Format
	// Lines holds every paragraph and row of a table in the order of the document. Blank ones are left out; their
	// numbers are not given to others.
	Lines []Line
	// Remarks say what the reader did to the words (an old encoding that was turned into Unicode, headers of pages
	// left out), for the person who checks the draft.
	Remarks []Remark
}

// Line is one paragraph, or one row of a table.
type Line struct {
	// Number is the place in the source, from 1: the line of a text file, the paragraph of a word-processor document
	// (empty ones counted) or of a page. It grows along Lines.
	Number int
	// Page is the page of a PDF, from 1; 0 where the format has no fixed pages.
	Page int
	// Text is the paragraph in NFC, every kind of blank (U+00A0, tab, a break within the paragraph) a plain blank, none
	// at either end, runs of them as the source has them: the words stay verbatim. The label of an automatic list
	// ("1.", "a)", "-") stands before it as it is seen. Of a row it is the cells, joined by " | ".
	Text string
	// Cells are the cells of a row of a table, nil elsewhere. A cell of several paragraphs keeps them by line breaks.
	Cells []string
	// Table numbers the tables of the document from 1; 0 outside of one.
	Table int
}

// Format is a kind of file that can be read.
type Format string

// The kinds of files.
const (
	Text     Format = "txt"
	Word     Format = "docx"
	Writer   Format = "odt"
	Web      Format = "html"
	Markdown Format = "md"
	Portable Format = "pdf"
	OldWord  Format = "doc"
)

// Remark is something that the reader did to a document.
type Remark struct {
	Code RemarkCode
	// Line is the place that it concerns, 0 for the whole document.
	Line int
	// Detail is what was found, as it stands in the source: a header of pages, the name of an encoding.
	Detail string
}

// RemarkCode tells remarks apart; what they say to people is said where they are shown.
type RemarkCode string

// What readers remark.
const (
	// RemarkEncoding: the text was in an old encoding (TCVN3, VNI) and was turned into Unicode.
	RemarkEncoding RemarkCode = "encoding"
	// RemarkPageFurniture: lines that every page repeats (headers, footers, numbers of pages) were left out.
	RemarkPageFurniture RemarkCode = "page_furniture"
	// RemarkJoined: lines that a page broke were joined into paragraphs.
	RemarkJoined RemarkCode = "joined"
)
