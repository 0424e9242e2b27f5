// Package pdffile opens PDF files that strangers send (ISO 32000-1): objects, streams and the operators of pages. The
// readers that exist loop, allocate without bound or exhaust the stack on hostile files, which recover cannot stop;
// here every loop moves on in the file, every depth and every unpacked byte is counted, and objects are found anew where
// their table is broken.
package pdffile

import "errors"

// What stands in the way of reading a file.
var (
	ErrDamaged   = errors.New("pdf: damaged")
	ErrEncrypted = errors.New("pdf: password needed")
	ErrTooLarge  = errors.New("pdf: too large")
)

// Bounds. What programs write stays far below them.
const (
	// maxUnpacked is how much all streams that are read may unpack to.
	maxUnpacked = 64 << 20
	// maxStream is how much one of them may unpack to.
	maxStream = 32 << 20
	// maxObjects is how many objects a file may have.
	maxObjects = 500_000
	// maxNested is how deep arrays and dictionaries, and objects that need each other, may go.
	maxNested = 100
	// maxPages is how many pages are looked at.
	maxPages = 2000
	// maxOperators is how many operators all pages may have.
	maxOperators = 10_000_000
)
