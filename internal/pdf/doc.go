// Package pdf draws a document of internal/paper as PDF. Letters are those of
// Liberation Serif (SIL Open Font License 1.1, fonts/LICENSE.txt), which has the
// widths of Times New Roman; the file holds those that it uses. The same document
// gives the same bytes.
package pdf
